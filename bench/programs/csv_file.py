"""A parser of large CSV files of numbers: the file is mapped, contexts count the lines of a block each, then parse blocks into columns.

What Python's `float` reads, to the bit: decimal numbers of up to 15 digits and powers of ten up to 22 come out exactly by one
multiplication or division, those of up to 18 digits by arithmetic of twice the precision (Dekker, "A floating-point technique for extending
the available precision", 1971) where that leaves no doubt; others are noted down and read by `float` itself afterwards. An empty field is
nan. Fields may be in quotes that hold no comma or line's end. Lines end in \\n or \\r\\n, the last one need not. A line with another number
of fields than the header, or a field that is no number, is a ValueError that names the line.
"""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

import px

from .program import Program

BLOCK = 1 << 18  # bytes
NEWLINE, COMMA, RETURN, QUOTE, SPACE = 10, 44, 13, 34, 32
LARGEST = 60  # power of ten


def powers_of_ten():
    """10**k in row k + LARGEST: the nearest number, and what is missing."""
    exact = [Fraction(10) ** k for k in range(-LARGEST, LARGEST + 1)]
    return np.array([(float(power), float(power - Fraction(float(power)))) for power in exact])


POWERS = powers_of_ten()


@px.jit(boundscheck=False)
def line_starts(block, data, counts):
    """counts[block]: the lines that begin in the block; the first byte begins one."""
    begin, end = block * BLOCK, min((block + 1) * BLOCK, len(data))
    count = 0
    for i in range(max(begin, 1), end):
        count += data[i - 1] == NEWLINE
    counts[block] = count + (begin == 0)


@px.jit
def halves(x):
    """Two numbers of 26 bits that add up to x (Veltkamp)."""
    large = 134217729.0 * x
    high = large - (large - x)
    return high, x - high


@px.jit
def scaled(mantissa, exponent, powers):
    """mantissa · 10**exponent, and whether it is the nearest number beyond doubt."""
    power, missing = powers[exponent + LARGEST]
    high = float(mantissa)
    low = float(mantissa - int(high))
    product = high * power
    a, b = halves(high)
    c, d = halves(power)
    rest = ((a * c - product) + a * d + b * c) + b * d + (high * missing + low * power)
    value = product + rest
    left, doubt = rest - (value - product), value * 2.0**-98
    return value, value + (left + doubt) == value and value + (left - doubt) == value


@px.jit
def number(data, begin, end, powers):
    """(value, 0), or (_, 1) where `float` has to read it, or (_, 2) where it is none."""
    while begin < end and data[begin] == SPACE:
        begin += 1
    while begin < end and (data[end - 1] == SPACE or data[end - 1] == RETURN):
        end -= 1
    if end - begin >= 2 and data[begin] == QUOTE and data[end - 1] == QUOTE:
        begin += 1
        end -= 1
    if begin == end:
        return np.nan, 0
    negative = data[begin] == 45
    i = begin + 1 if negative or data[begin] == 43 else begin
    mantissa, digits, exponent, seen = 0, 0, 0, False
    while i < end and 48 <= data[i] <= 57:
        if digits < 18:
            mantissa = mantissa * 10 + data[i] - 48
        digits += mantissa > 0
        seen = True
        i += 1
    if i < end and data[i] == 46:
        i += 1
        while i < end and 48 <= data[i] <= 57:
            if digits < 18:
                mantissa = mantissa * 10 + data[i] - 48
            digits += mantissa > 0
            exponent -= 1
            seen = True
            i += 1
    if i < end and (data[i] == 101 or data[i] == 69) and seen:
        i += 1
        down = i < end and data[i] == 45
        if down or (i < end and data[i] == 43):
            i += 1
        power, marked = 0, False
        while i < end and 48 <= data[i] <= 57:
            power = min(power * 10 + data[i] - 48, 10_000)
            marked = True
            i += 1
        if not marked:
            return 0.0, 2
        exponent += -power if down else power
    if i < end or not seen:
        return 0.0, 1  # inf, nan, 1_000 and what is no number: `float` knows
    if digits > 18 or abs(exponent) > LARGEST:
        return 0.0, 1
    sure = True
    if digits > 15 or abs(exponent) > 22:
        value, sure = scaled(mantissa, exponent, powers)
    elif exponent < 0:
        value = float(mantissa) / powers[LARGEST - exponent, 0]
    else:
        value = float(mantissa) * powers[LARGEST + exponent, 0]
    return -value if negative else value, 0 if sure else 1


@px.jit
def parse(block, data, firsts, columns, powers, odd, wrong):
    """The lines that begin in the block, to columns[:, firsts[block] …]. odd: fields for `float` (row, column, begin, end); wrong: the
    first line with a wrong number of fields."""
    begin, end = block * BLOCK, min((block + 1) * BLOCK, len(data))
    if begin > 0:
        begin -= 1
        while begin < end and data[begin] != NEWLINE:
            begin += 1
        begin += 1
    row = firsts[block]
    while begin < end:
        column, at = 0, begin
        while True:
            stop = at
            while stop < len(data) and data[stop] != COMMA and data[stop] != NEWLINE:
                stop += 1
            if column < len(columns):
                value, kind = number(data, at, stop, powers)
                if kind > 0:
                    odd.push((row, column, at, stop))
                columns[column, row] = value
            column += 1
            at = stop + 1
            if stop >= len(data) or data[stop] == NEWLINE:
                break
        if column != len(columns):
            wrong.min(row)
        begin = at
        row += 1


def read(path):
    """(names, columns): the header's fields and a float64 array of a row a column."""
    whole = np.memmap(path, np.uint8, "r")
    with Path(path).open("rb") as file:
        header = file.readline()
    names = [name.strip().strip('"') for name in header.decode().rstrip("\r\n").split(",")]
    data = np.asarray(whole[len(header) :])
    blocks = -(-len(data) // BLOCK)
    counts = np.zeros(blocks, np.int64)
    px.parallel_for(line_starts, blocks, data, counts)
    firsts = np.concatenate([[0], np.cumsum(counts)])
    columns = np.empty((len(names), firsts[-1]))
    odd, wrong = px.interlocked.List(), px.interlocked.Int64(len(data) + 1)
    px.parallel_for(parse, blocks, data, firsts, columns, POWERS, odd, wrong)
    if wrong.value <= len(data):
        raise ValueError(f"{path}, line {wrong.value + 2}: not {len(names)} fields")
    for row, column, begin, end in sorted(odd):
        text = bytes(data[begin:end]).decode().strip().strip('"')
        try:
            columns[column, row] = float(text)
        except ValueError:
            raise ValueError(f"{path}, line {row + 2}: {text!r} is no number") from None
    return names, columns


def inputs(size):
    """A file of `size` lines, of measurements as instruments write them and a few that are not so short."""
    random = np.random.default_rng(1972)
    columns = np.vstack(
        [
            np.arange(size, dtype=np.float64),
            np.round(random.normal(20, 5, size), 2),
            np.round(random.uniform(-1e6, 1e6, size), 3),
            random.standard_normal(size).round(9) * 1e-3,
        ]
    )
    columns[1, ::997] = np.nan
    folder = tempfile.TemporaryDirectory(prefix="px-csv-")
    path = Path(folder.name) / "measured.csv"
    with path.open("w") as file:
        file.write("number,temperature,offset,drift\n")
        for lines in np.array_split(columns.T, max(1, size // 100_000)):
            file.write("".join(f"{a:.0f},{'' if b != b else b},{c!r},{d!r}\n" for a, b, c, d in lines.tolist()))
    return path, columns, folder  # which removes itself


def run(given):
    return read(given[0])


def verify(given, result):
    names, columns = result
    assert names == ["number", "temperature", "offset", "drift"]
    assert columns.shape == given[1].shape, "rows are lost"
    assert np.array_equal(columns, given[1], equal_nan=True), "wrong numbers"


PROGRAM = Program(
    "csv_file",
    "lines of four numbers into columns",
    {"full": 2_000_000, "reduced": 300_000, "tiny": 300},
    inputs,
    run,
    verify,
)

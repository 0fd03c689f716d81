"""The ten nearest neighbours of each of scikit-learn's 1,797 handwritten digits, leave one out: real data.

Neighbours are ordered by distance and, at equal distance, by index; the squared distances are sums of whole numbers, so they are exact. A
vote that is tied goes to the smaller digit, as in scikit-learn. Where the tenth and the eleventh neighbour are equally far, scikit-learn
takes either: such digits are left out when predictions are compared one by one.
"""

import importlib.util
import math
from pathlib import Path

import numpy as np

from .kernel import Kernel

NEIGHBOURS = 10


def vote(labels, nearest, count, votes):
    for digit in range(votes.shape[0]):
        votes[digit] = 0
    for k in range(count):
        votes[labels[nearest[k]]] += 1
    best = 0
    for digit in range(1, votes.shape[0]):
        if votes[digit] > votes[best]:
            best = digit
    return best


def knn(images, labels, count):
    """The predicted label of every image from the `count` others that are nearest to it."""
    samples = images.shape[0]
    pixels = images.shape[1]
    predicted = np.empty(samples, np.int64)
    nearest = np.empty(count, np.int64)
    distances = np.empty(count, np.float64)
    votes = np.empty(10, np.int64)
    for i in range(samples):
        found = 0
        for j in range(samples):
            if i == j:
                continue
            worst = distances[count - 1] if found == count else math.inf
            distance = 0.0
            for k in range(pixels):
                step = images[i, k] - images[j, k]
                distance += step * step
                if distance >= worst:
                    break
            if distance < worst:
                if found < count:
                    found += 1
                place = found - 1
                while place > 0 and distances[place - 1] > distance:
                    distances[place] = distances[place - 1]
                    nearest[place] = nearest[place - 1]
                    place -= 1
                distances[place] = distance
                nearest[place] = j
        predicted[i] = vote(labels, nearest, found, votes)
    return predicted


def inputs(size):
    """The first `size` digits: images of 64 pixels (float64, 0 … 16) and labels (int64). Read from scikit-learn's file: importing
    scikit-learn takes a second."""
    spec = importlib.util.find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("knn needs scikit-learn for its data: pip install scikit-learn")
    path = Path(spec.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
    table = np.loadtxt(path, delimiter=",", max_rows=size)
    return np.ascontiguousarray(table[:, :64]), table[:, 64].astype(np.int64), min(NEIGHBOURS, size - 1)


def verify(arguments, predicted):
    from sklearn.neighbors import KNeighborsClassifier

    images, labels, count = arguments
    classifier = KNeighborsClassifier(count, algorithm="brute").fit(images, labels)
    # Without X scikit-learn leaves each point out of its own neighbours.
    theirs = classifier.predict(None)
    distances = np.rint(classifier.kneighbors(None, min(count + 1, len(labels) - 1))[0] ** 2)
    ambiguous = distances[:, -1] == distances[:, -2] if distances.shape[1] > count else np.zeros(len(labels), bool)
    assert np.array_equal(predicted[~ambiguous], theirs[~ambiguous]), "other predictions than scikit-learn's"
    ours, reference = accuracy(arguments, predicted), float(np.mean(theirs == labels))
    assert abs(ours - reference) <= np.mean(ambiguous), f"accuracy {ours:.4f}, scikit-learn's {reference:.4f}"


def accuracy(arguments, predicted):
    return float(np.mean(predicted == arguments[1]))


KERNEL = Kernel(
    "knn",
    "ten nearest neighbours of the 1,797 digits",
    ("vote", "knn"),
    {"full": 1_797, "reduced": 120, "tiny": 2},
    inputs,
    verify,
    power=2.0,
)

// `random` and `np.random`: the table. Every entry draws from the running stream (random.h).
#include "jit/builtins/random.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "jit/builtins/array.h"
#include "jit/builtins/builtin.h"
#include "jit/builtins/random_samplers.h"
#include "jit/interp/value.h"
#include "runtime/context.h"

namespace px::jit {

using typed::Slot;

namespace {

px_random_state& state(uint64_t numpy) {
  return numpy ? *px_random_numpy() : *px_random_python();
}

int32_t fail(const char* message) {
  runtime::Context::current()->exc.set(runtime::ExcKind::ValueError, message);
  return 1;
}

// A distribution: what the parameters are where a call leaves them out, and how many it may leave out.
struct Distribution {
  Sampler sampler;
  bool numpy;
  std::vector<double> defaults;  // one a parameter
  size_t required = 0;           // of them
  bool sized = false;            // takes a size after them
  bool whole = false;            // int64
};

// Arguments: whether NumPy's stream, the sampler, whether whole, three parameters.
int32_t draw(const uint64_t* x, uint64_t* result) {
  double parameters[3];
  std::memcpy(parameters, x + 3, sizeof parameters);
  const char* error = nullptr;
  double value = reinterpret_cast<Sampler>(x[1])(state(x[0]), parameters, error);
  if (error) return fail(error);
  *result = x[2] ? interp::float_to_integer<Scalar::i64>(value) : std::bit_cast<uint64_t>(value);
  return 0;
}

// The same, and the number of dimensions and the slots of a new array to fill.
int32_t fill(const uint64_t* x, uint64_t* result) {
  int ndim = static_cast<int>(x[6]);
  const uint64_t* array = x + 7;
  int64_t size = 1;
  for (int axis = 0; axis < ndim; ++axis) size *= static_cast<int64_t>(array[array_shape_slot(ndim, axis)]);
  auto* to = reinterpret_cast<uint64_t*>(array[array_data_slot]);
  for (int64_t k = 0; k < size; ++k)
    if (int32_t failed = draw(x, to + k)) return failed;
  *result = 0;
  return 0;
}

bool is_whole(const Type* t) {
  return t->is_scalar() && is_integer(t->scalar);
}

// The dimensions that a `size` argument says; nothing where it is no size.
std::optional<int> dimensions(const Type* size) {
  if (is_whole(size)) return 1;
  if (!size->is_tuple() || size->elements.empty() || size->elements.size() > 8) return {};
  for (auto* e : size->elements)
    if (!is_whole(e)) return {};
  return static_cast<int>(size->elements.size());
}

// A new C-ordered array of `type` whose dimensions begin at `size`.
void emit_array(Emitter& e, const Type* type, Slot size, Slot d) {
  std::vector<Slot> slots = {e.int_constant(type->ndim), e.int_constant(static_cast<int64_t>(item_size(type->scalar))), e.int_constant(0),
                             e.int_constant(0)};
  for (int axis = 0; axis < type->ndim; ++axis) slots.push_back(size + static_cast<Slot>(axis));
  e.call_runtime("px_array_new", array_new, std::move(slots), d, type->slots);
}

Resolution sample(const Distribution& what, std::span<const Argument> arguments, const Type* size) {
  for (auto& a : arguments)
    if (!a.type->is_scalar()) return {.advice = "the parameters must be numbers"};
  const Type* one = what.whole ? types::int64() : types::float64();
  std::optional<int> ndim = size ? dimensions(size) : std::nullopt;
  if (size && !ndim) return {.advice = "the size must be an integer or a tuple of integers"};
  const Type* result = ndim ? types::array(one->scalar, *ndim, Layout::c) : one;
  return {.result = result,
          .literal = {},
          .parameters = std::vector<const Type*>(arguments.size(), types::float64()),
          .lower =
              [&what, result, given = arguments.size()](Emitter& e, std::span<const Slot> a, Slot d) {
                auto pointer = reinterpret_cast<uint64_t>(what.sampler);
                std::vector<Slot> slots = {e.int_constant(what.numpy), e.constant(pointer, types::uint64()), e.int_constant(what.whole)};
                for (size_t k = 0; k < 3; ++k)
                  slots.push_back(k < given ? a[k] : e.float_constant(k < what.defaults.size() ? what.defaults[k] : 0));
                if (result->is_scalar()) return e.call_runtime("px_random_draw", draw, std::move(slots), d, 1);
                Slot made = e.temporary(result);
                emit_array(e, result, a.back(), made);
                slots.push_back(e.int_constant(result->ndim));
                for (uint32_t k = 0; k < result->slots; ++k) slots.push_back(made + k);
                e.call_runtime("px_random_fill", fill, std::move(slots), e.temporary(types::int64()), 1);
                e.move(d, made, result->slots);
              },
          .advice = {}};
}

Resolution distribution(std::span<const Argument> arguments, const Builtin& self) {
  auto& what = *static_cast<const Distribution*>(self.data);
  size_t count = what.defaults.size();
  if (arguments.size() < what.required || arguments.size() > count + what.sized) return {};
  if (arguments.size() <= count) return sample(what, arguments, nullptr);
  auto* size = arguments.back().type;
  return sample(what, arguments.first(count), size->is_none() ? nullptr : size);
}

// np.random.rand and randn: the dimensions are the arguments.
Resolution dimensioned(std::span<const Argument> arguments, const Builtin& self) {
  auto& what = *static_cast<const Distribution*>(self.data);
  if (arguments.empty()) return sample(what, {}, nullptr);
  std::vector<const Type*> sizes;
  for (auto& a : arguments) {
    if (!is_whole(a.type)) return {.advice = "the dimensions must be integers"};
    sizes.push_back(a.type);
  }
  Resolution inner = sample(what, {}, types::tuple(sizes));
  if (!inner.result) return inner;
  inner.parameters.assign(arguments.size(), types::int64());
  inner.lower = [lower = inner.lower](Emitter& e, std::span<const Slot> a, Slot d) {
    Slot run = e.temporary(types::int64(), static_cast<uint32_t>(a.size()));
    for (size_t k = 0; k < a.size(); ++k) e.move(run + static_cast<Slot>(k), a[k], 1);
    lower(e, std::span(&run, 1), d);
  };
  return inner;
}

// Arguments: whether NumPy's stream, the seed.
int32_t seed_stream(const uint64_t* x, uint64_t* result) {
  px_random_init(x[0] ? px_random_numpy() : px_random_python(), static_cast<uint32_t>(x[1]));
  *result = 0;
  return 0;
}
Resolution seed(std::span<const Argument> arguments, const Builtin& self) {
  if (!is_whole(arguments[0].type)) return {.advice = "the seed must be an integer"};
  bool numpy = self.data != nullptr;
  return {.result = types::none(),
          .literal = {},
          .parameters = {types::int64()},
          .lower =
              [numpy](Emitter& e, std::span<const Slot> a, Slot) {
                e.call_runtime("px_random_seed", seed_stream, {e.int_constant(numpy), a[0]}, e.temporary(types::int64()), 1);
              },
          .advice = {}};
}

// b != 0. The least integer by -1 would be one more than the greatest: it wraps.
int64_t truncated_quotient(int64_t a, int64_t b) {
  return b == -1 ? static_cast<int64_t>(0 - static_cast<uint64_t>(a)) : a / b;
}

// Arguments: whether NumPy's stream, start, stop, step.
int32_t draw_range(const uint64_t* x, uint64_t* result) {
  auto step = static_cast<int64_t>(x[3]);
  uint64_t span = x[2] - x[1];  // what is out of range wraps, as in Numba's code
  if (step < 0) span += x[3] + 1;
  if (step > 1) span += x[3] - 1;
  auto n = step < 0 || step > 1 ? truncated_quotient(static_cast<int64_t>(span), step) : static_cast<int64_t>(span);
  if (n <= 0) return fail("empty range for randrange()");
  uint64_t r = next_below(state(x[0]), static_cast<uint64_t>(n), x[0] != 0);
  *result = x[1] + r * x[3];
  return 0;
}
// The same with step 1, then the item's size, the number of dimensions and the slots of an array to fill.
int32_t fill_range(const uint64_t* x, uint64_t* result) {
  int ndim = static_cast<int>(x[5]);
  const uint64_t* array = x + 6;
  int64_t size = 1;
  for (int axis = 0; axis < ndim; ++axis) size *= static_cast<int64_t>(array[array_shape_slot(ndim, axis)]);
  auto* to = reinterpret_cast<char*>(array[array_data_slot]);
  for (int64_t k = 0; k < size; ++k) {
    uint64_t value = 0;
    if (int32_t failed = draw_range(x, &value)) return failed;
    std::memcpy(to + static_cast<uint64_t>(k) * x[4], &value, x[4]);  // the low bytes come first
  }
  *result = 0;
  return 0;
}

enum class Range { randrange, randint, numpy };

Resolution whole_numbers(std::span<const Argument> arguments, const Builtin& self) {
  auto kind = *static_cast<const Range*>(self.data);
  bool sized = kind == Range::numpy && arguments.size() == 3 && !arguments[2].type->is_none();
  size_t bounds = kind == Range::randrange ? arguments.size() : std::min<size_t>(arguments.size(), 2);
  if (kind == Range::randint && bounds != 2) return {};
  size_t width = bounds == 1 ? 8 : 0;  // the start is then an int64 0
  bool sign = bounds == 1;
  for (size_t k = 0; k < bounds; ++k) {
    if (!is_whole(arguments[k].type)) return {.advice = "the bounds must be integers"};
    width = std::max(width, item_size(arguments[k].type->scalar));
    sign = sign || is_signed(arguments[k].type->scalar);
  }
  if (kind == Range::randint) width = 8, sign = sign || is_signed(arguments[1].type->scalar);  // b + 1
  if (kind != Range::numpy) width = 8, sign = true;                                            // the step is an int64 1
  auto of_width = [&](bool is_sign) {
    size_t k = static_cast<size_t>(std::countr_zero(width));
    return static_cast<Scalar>(static_cast<size_t>(is_sign ? Scalar::i8 : Scalar::u8) + k);
  };
  const Type* one = types::scalar(of_width(sign));
  std::optional<int> ndim = sized ? dimensions(arguments[2].type) : std::nullopt;
  if (sized && !ndim) return {.advice = "the size must be an integer or a tuple of integers"};
  const Type* result = ndim ? types::array(of_width(true), *ndim, Layout::c) : one;
  std::vector<const Type*> parameters;
  for (size_t k = 0; k < bounds; ++k) parameters.push_back(types::int64());
  return {.result = result,
          .literal = {},
          .parameters = parameters,
          .lower =
              [=](Emitter& e, std::span<const Slot> a, Slot d) {
                Slot start = bounds > 1 ? a[0] : e.int_constant(0), stop = bounds > 1 ? a[1] : a[0],
                     step = bounds > 2 ? a[2] : e.int_constant(1);
                if (kind == Range::randint) {
                  stop = e.temporary(types::int64());
                  e.binary(typed::Op::add_, Scalar::i64, stop, a[1], e.int_constant(1));
                }
                std::vector<Slot> slots = {e.int_constant(kind == Range::numpy), start, stop, step};
                if (result->is_scalar()) return e.call_runtime("px_random_range", draw_range, std::move(slots), d, 1);
                Slot made = e.temporary(result);
                emit_array(e, result, a[2], made);
                slots.push_back(e.int_constant(static_cast<int64_t>(item_size(result->scalar))));
                slots.push_back(e.int_constant(result->ndim));
                for (uint32_t k = 0; k < result->slots; ++k) slots.push_back(made + k);
                e.call_runtime("px_random_fill_range", fill_range, std::move(slots), e.temporary(types::int64()), 1);
                e.move(d, made, result->slots);
              },
          .advice = {}};
}

int32_t draw_bits(const uint64_t* x, uint64_t* result) {
  if (x[0] == 0 || x[0] > 64) {
    runtime::Context::current()->exc.set(runtime::ExcKind::OverflowError, "getrandbits() limited to 64 bits");
    return 1;
  }
  *result = next_bits(*px_random_python(), static_cast<int>(x[0]), false);
  return 0;
}
Resolution bits(std::span<const Argument> arguments, const Builtin&) {
  if (!is_whole(arguments[0].type)) return {};
  return {.result = types::uint64(),
          .literal = {},
          .parameters = {types::int64()},
          .lower = [](Emitter& e, std::span<const Slot> a, Slot d) { e.call_runtime("px_random_bits", draw_bits, {a[0]}, d, 1); },
          .advice = {}};
}

// Swaps rows of the first axis. Arguments: whether NumPy's stream, item size, dimensions, the array's slots.
int32_t shuffle_rows(const uint64_t* x, uint64_t* result) {
  int ndim = static_cast<int>(x[2]);
  const uint64_t* array = x + 3;
  auto rows = static_cast<int64_t>(array[array_shape_slot(ndim, 0)]);
  auto* data = reinterpret_cast<char*>(array[array_data_slot]);
  auto step = static_cast<int64_t>(array[array_stride_slot(ndim, 0)]);
  // Each element of a row by its offset: rows need not lie in one piece.
  std::vector<int64_t> offsets = {0};
  for (int axis = 1; axis < ndim; ++axis) {
    std::vector<int64_t> more;
    for (int64_t o : offsets)
      for (uint64_t k = 0; k < array[array_shape_slot(ndim, axis)]; ++k)
        more.push_back(o + static_cast<int64_t>(k * array[array_stride_slot(ndim, axis)]));
    offsets = std::move(more);
  }
  px_random_state& s = state(x[0]);
  for (int64_t i = rows - 1; i > 0; --i) {
    auto j = static_cast<int64_t>(next_below(s, static_cast<uint64_t>(i + 1), x[0] != 0));
    for (int64_t o : offsets) std::swap_ranges(data + i * step + o, data + i * step + o + x[1], data + j * step + o);
  }
  *result = 0;
  return 0;
}
void emit_shuffle(Emitter& e, const Type* type, Slot array, bool numpy) {
  std::vector<Slot> slots = {e.int_constant(numpy), e.int_constant(static_cast<int64_t>(item_size(type->scalar))),
                             e.int_constant(type->ndim)};
  for (uint32_t k = 0; k < type->slots; ++k) slots.push_back(array + k);
  e.call_runtime("px_random_shuffle_rows", shuffle_rows, std::move(slots), e.temporary(types::int64()), 1);
}
Resolution shuffle(std::span<const Argument> arguments, const Builtin& self) {
  auto* type = arguments[0].type;
  if (!type->is_array() || type->ndim == 0) return {.advice = "it takes an array"};
  if (!type->writable) return {.advice = "the array is read-only here"};
  bool numpy = self.data != nullptr;
  return {.result = types::none(),
          .literal = {},
          .parameters = {},
          .lower = [=](Emitter& e, std::span<const Slot> a, Slot) { emit_shuffle(e, type, a[0], numpy); },
          .advice = {},
          .touch = Touch::writes};
}

const Distribution py_random{samplers::random, false, {}}, np_random{samplers::random, true, {}, 0, true};
const Distribution py_uniform{samplers::uniform, false, {0, 0}, 2}, np_uniform{samplers::uniform, true, {0, 1}, 0, true};
const Distribution py_normal{samplers::normal, false, {0, 0}, 2}, np_normal{samplers::normal, true, {0, 1}, 0, true};
// The standard one has no parameters, and its sampler reads 0 and 1 that are not there to be given.
double standard(px_random_state& s, const double*, const char*& error) {
  const double parameters[] = {0, 1};
  return samplers::normal(s, parameters, error);
}
double standard_exponential(px_random_state& s, const double*, const char*& error) {
  const double parameters[] = {1};
  return samplers::exponential(s, parameters, error);
}
double standard_gamma(px_random_state& s, const double* p, const char*& error) {
  const double parameters[] = {p[0], 1};
  return samplers::gamma(s, parameters, error);
}
const Distribution np_standard{standard, true, {}, 0, true}, np_exponential{samplers::exponential, true, {1}, 0, true},
    np_standard_exponential{standard_exponential, true, {}, 0, true}, py_expovariate{samplers::expovariate, false, {1}, 1};
const Distribution np_lognormal{samplers::lognormal, true, {0, 1}, 0, true}, py_lognormal{samplers::lognormal, false, {0, 0}, 2};
const Distribution np_triangular{samplers::triangular, true, {0, 0, 0}, 3, true}, py_triangular2{samplers::triangular2, false, {0, 0}, 2},
    py_triangular3{samplers::triangular3, false, {0, 0, 0}, 3};
const Distribution np_gamma{samplers::gamma, true, {0, 1}, 1, true}, np_standard_gamma{standard_gamma, true, {0}, 1, true},
    py_gamma{samplers::gamma, false, {0, 0}, 2}, np_beta{samplers::beta, true, {0, 0}, 2, true}, py_beta{samplers::beta, false, {0, 0}, 2};
const Distribution np_chisquare{samplers::chisquare, true, {0}, 1, true}, np_f{samplers::fisher, true, {0, 0}, 2, true},
    np_t{samplers::student, true, {0}, 1, true};
const Distribution np_pareto{samplers::pareto, true, {0}, 1, true}, py_pareto{samplers::paretovariate, false, {0}, 1},
    np_weibull{samplers::weibull, true, {0}, 1, true}, py_weibull{samplers::weibullvariate, false, {0, 0}, 2};
const Distribution np_laplace{samplers::laplace, true, {0, 1}, 0, true}, np_logistic{samplers::logistic, true, {0, 1}, 0, true},
    np_gumbel{samplers::gumbel, true, {0, 1}, 2, true}, np_rayleigh{samplers::rayleigh, true, {1}, 0, true},
    np_power{samplers::power, true, {0}, 1, true}, np_cauchy{samplers::cauchy, true, {}, 0, true},
    np_vonmises{samplers::vonmises, true, {0, 0}, 2, true}, py_vonmises{samplers::vonmises, false, {0, 0}, 2},
    np_wald{samplers::wald, true, {0, 0}, 2, true};
const Distribution np_poisson{samplers::poisson, true, {1}, 0, true, true}, np_geometric{samplers::geometric, true, {0}, 1, true, true},
    np_binomial{samplers::binomial, true, {0, 0}, 2, true, true}, np_noncentral{samplers::noncentral_chisquare, true, {0, 0}, 2, true};

Resolution triangular(std::span<const Argument> arguments, const Builtin&) {
  return sample(arguments.size() == 2 ? py_triangular2 : py_triangular3, arguments, nullptr);
}

constexpr int numpy_stream = 1;
constexpr Range py_randrange = Range::randrange, py_randint = Range::randint, np_randint = Range::numpy;

#define PX_NP(name, least, most, data, doc) {"numpy.random." name, distribution, doc, "", {}, 0, &data, least, most}
#define PX_PY(name, count, data, doc) {"random." name, distribution, doc, "", {}, 0, &data, count, count}

const Builtin table[] = {
    {"numpy.random.seed", seed, "begins the stream of np.random anew", "", {}, 0, &numpy_stream, 1, 1},
    {"random.seed", seed, "begins the stream of random anew", "", {}, 0, nullptr, 1, 1},
    {"numpy.random.random", distribution, "in [0, 1)", "", {"size"}, 0, &np_random, 0, 1},
    {"numpy.random.random_sample", distribution, "in [0, 1)", "", {"size"}, 0, &np_random, 0, 1},
    {"numpy.random.sample", distribution, "in [0, 1)", "", {"size"}, 0, &np_random, 0, 1},
    {"numpy.random.ranf", distribution, "in [0, 1)", "", {"size"}, 0, &np_random, 0, 1},
    {"numpy.random.rand", dimensioned, "in [0, 1), an array of these dimensions", "", {}, 0, &np_random, 0, 8},
    {"numpy.random.randn", dimensioned, "normal, an array of these dimensions", "", {}, 0, &np_standard, 0, 8},
    {"numpy.random.uniform", distribution, "in [low, high)", "", {"low", "high", "size"}, 0, &np_uniform, 0, 3},
    {"numpy.random.normal", distribution, "normal", "", {"loc", "scale", "size"}, 0, &np_normal, 0, 3},
    {"numpy.random.standard_normal", distribution, "normal of mean 0 and deviation 1", "", {"size"}, 0, &np_standard, 0, 1},
    {"numpy.random.exponential", distribution, "exponential", "", {"scale", "size"}, 0, &np_exponential, 0, 2},
    {"numpy.random.randint", whole_numbers, "a whole number in [low, high)", "", {"low", "high", "size"}, 1, &np_randint, 1, 3},
    {"numpy.random.shuffle", shuffle, "the rows in another order", "", {}, 0, &numpy_stream, 1, 1},
    PX_NP("standard_exponential", 0, 1, np_standard_exponential, "exponential of scale 1"),
    PX_NP("lognormal", 0, 3, np_lognormal, "exp of a normal number"),
    PX_NP("triangular", 3, 4, np_triangular, "triangular: left, mode, right"),
    PX_NP("gamma", 1, 3, np_gamma, "gamma: shape, scale"),
    PX_NP("standard_gamma", 1, 2, np_standard_gamma, "gamma of scale 1"),
    PX_NP("beta", 2, 3, np_beta, "beta"),
    PX_NP("chisquare", 1, 2, np_chisquare, "chi-square"),
    PX_NP("f", 2, 3, np_f, "F"),
    PX_NP("standard_t", 1, 2, np_t, "Student's t"),
    PX_NP("pareto", 1, 2, np_pareto, "Pareto, from 0"),
    PX_NP("weibull", 1, 2, np_weibull, "Weibull"),
    PX_NP("laplace", 0, 3, np_laplace, "Laplace"),
    PX_NP("logistic", 0, 3, np_logistic, "logistic"),
    PX_NP("gumbel", 2, 3, np_gumbel, "Gumbel"),
    PX_NP("rayleigh", 0, 2, np_rayleigh, "Rayleigh"),
    PX_NP("power", 1, 2, np_power, "power"),
    PX_NP("standard_cauchy", 0, 1, np_cauchy, "Cauchy"),
    PX_NP("vonmises", 2, 3, np_vonmises, "von Mises"),
    PX_NP("wald", 2, 3, np_wald, "Wald"),
    PX_NP("poisson", 0, 2, np_poisson, "Poisson, a whole number"),
    PX_NP("geometric", 1, 2, np_geometric, "geometric, a whole number"),
    PX_NP("noncentral_chisquare", 2, 3, np_noncentral, "chi-square about another number"),
    {"numpy.random.binomial", distribution, "binomial, a whole number", "", {"n", "p", "size"}, 2, &np_binomial, 2, 3},
    PX_PY("random", 0, py_random, "in [0, 1)"),
    PX_PY("uniform", 2, py_uniform, "in [a, b)"),
    PX_PY("gauss", 2, py_normal, "normal"),
    PX_PY("normalvariate", 2, py_normal, "normal"),
    PX_PY("expovariate", 1, py_expovariate, "exponential of rate lambd"),
    PX_PY("lognormvariate", 2, py_lognormal, "exp of a normal number"),
    PX_PY("gammavariate", 2, py_gamma, "gamma"),
    PX_PY("betavariate", 2, py_beta, "beta"),
    PX_PY("paretovariate", 1, py_pareto, "Pareto, from 1"),
    PX_PY("weibullvariate", 2, py_weibull, "Weibull"),
    PX_PY("vonmisesvariate", 2, py_vonmises, "von Mises"),
    {"random.triangular", triangular, "triangular: low, high, mode", "", {}, 0, nullptr, 2, 3},
    {"random.randrange", whole_numbers, "a whole number of a range", "", {}, 0, &py_randrange, 1, 3},
    {"random.randint", whole_numbers, "a whole number in [a, b]", "", {}, 0, &py_randint, 2, 2},
    {"random.getrandbits", bits, "k random bits", "", {}, 0, nullptr, 1, 1},
    {"random.shuffle", shuffle, "the rows in another order", "", {}, 0, nullptr, 1, 1},
};

}  // namespace

std::span<const Builtin> random_builtins() {
  return table;
}

}  // namespace px::jit

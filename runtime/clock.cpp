#include "runtime/clock.h"

namespace px::runtime {
namespace {

struct Point {
  uint64_t ns = nanoseconds(), tick = ticks();
};
const Point loaded;  // some time passes until the first question: the front end's run at the least

}  // namespace

uint64_t ticks_in(uint64_t ns) {
  static const double rate = [] {
    Point now;
    while (now.ns - loaded.ns < 100'000) now = Point();
    return static_cast<double>(now.tick - loaded.tick) / static_cast<double>(now.ns - loaded.ns);
  }();
  return static_cast<uint64_t>(rate * static_cast<double>(ns));
}

}  // namespace px::runtime

// A direct call as its safepoints see it: one that turns out to be long gives the GIL away, and on the main thread signal handlers get
// their turn, so that Ctrl-C stops it.
#pragma once

#include <cstdint>
#include <optional>

#include "bridge/object.h"
#include "runtime/context.h"

namespace px::bridge {

class Direct {
 public:
  // GIL held. Releases it at once unless the call is expected to be short.
  Direct(runtime::Context& context, bool expect_short);
  // The call is over: takes the GIL again if it was given away. False with a Python exception set if a signal handler raised one.
  bool end();
  Direct(const Direct&) = delete;
  Direct& operator=(const Direct&) = delete;

  // While it lives the calling thread, which is in a call, has the GIL, and the call's arguments are held: it may wait for workers.
  class Held {
   public:
    Held();
    ~Held();
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    explicit operator bool() const { return call_; }  // false: the thread is in no call
    // Lets signal handlers run; whether one raised: `end` will raise that.
    bool interrupted();
    // Stops the call as if a handler had raised this.
    void stop(Object exception);

   private:
    Direct* call_;
    bool took_ = false;
  };

  static void listen();  // once, at import, after tiering has begun to listen

 private:
  void at_safepoint();
  void look_for_signals();  // GIL held

  runtime::Context& context_;
  PyThreadState* saved_ = nullptr;  // while the GIL is given away
  Direct* before_;                  // a call that this one is nested in
  uint64_t last_;                   // ticks at the beginning, then at the last look for signals
  Object raised_;
};

// A call of native code that is expected to be over at once. Costs two stores until its first safepoint: there it becomes a `Direct`.
class Brief {
 public:
  explicit Brief(runtime::Context& context);
  Brief(const Brief&) = delete;
  Brief& operator=(const Brief&) = delete;

  bool became_direct() const { return direct_.has_value(); }
  // As Direct::end.
  bool end() { return !direct_ || direct_->end(); }
  void at_safepoint();

 protected:
  ~Brief();
  // GIL held, before other threads may run: takes references to what the call uses.
  virtual void hold() = 0;

 private:
  runtime::Context& context_;
  Brief* before_;
  std::optional<Direct> direct_;
};

}  // namespace px::bridge

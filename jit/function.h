// A px function and its specialisations.
//
// Threads: a Function is made and its globals are set by the main thread (GIL held); everything else may be called by any thread
// without the GIL. Functions and specialisations are never freed while the process runs a worker (see bridge/).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "jit/code/code.h"
#include "jit/typed/typed.h"
#include "jit/types/type.h"
#include "runtime/exception.h"

namespace px::runtime {
class Context;
}

namespace px::jit {

class Function;
class Specialisation;
namespace interp {
class Program;
}

// The native ABI: 0 and the result in `ret`, or 1 and `*exc` set. Arguments and result are runs of 8-byte slots.
using Entry = int32_t (*)(const uint64_t* args, uint64_t* ret, runtime::ExcInfo** exc);

// An explicit signature of a function: calls convert their arguments to these types, and the result is converted too.
struct Signature {
  std::vector<const Type*> parameters;
  const Type* result = nullptr;  // null: whatever inference finds
  bool operator==(const Signature&) const = default;
};

struct Options {
  bool fastmath = false, boundscheck = true, cache = true, parallel = false, python_error_model = true;
  bool inline_always = false;
  std::vector<Signature> signatures;                        // empty: any types. Otherwise these, the one that fits best
  bool other_types = false;                                 // what fits no signature is allowed, as it is
  std::vector<std::pair<std::string, const Type*>> locals;  // variables of one type: what is assigned to them is converted
  bool operator==(const Options&) const = default;
};

// What a name outside the function means in this run.
struct GlobalValue {
  enum class Kind : uint8_t { unresolved, constant, function, array, unsupported } kind = Kind::unresolved;
  Constant constant;             // constant: numbers, text, tuples, built-ins, dtypes, exceptions
  Function* function = nullptr;  // function
  const Type* array = nullptr;   // array: read-only, an interlocked object or a Python function; its slots come as a hidden argument
  std::string what;              // unresolved, unsupported: what it is, for the message
  bool operator==(const GlobalValue&) const = default;
};
using Globals = std::vector<GlobalValue>;  // as CodeObject::globals

// An error found before running: UnsupportedError, TypingError, ProtectionError …, with the place.
struct CompileError {
  runtime::ExcKind kind{};
  std::string message;  // complete: file, line, construct, way out
};

// A global array that a specialisation needs: its slots follow the declared arguments.
struct HiddenArgument {
  const Function* owner;  // whose global
  uint32_t global;        // index in the owner's CodeObject::globals
  const Type* type;
  bool operator==(const HiddenArgument&) const = default;
};

// How a specialisation runs. Each is at least as fast as the one before it, and comes later.
enum class Tier : uint8_t { interpreter, baseline, numba };

// What was learned from running; written relaxed by any worker, read by anyone: each is a statistic, none guards data.
struct Profile {
  std::atomic<uint64_t> calls{0};                                // interpreted
  std::atomic<uint64_t> baseline_calls{0};                       // entries into baseline code by call
  std::atomic<uint64_t> native_calls{0};                         // Numba's
  std::atomic<uint64_t> moves{0};                                // frames that went on in baseline code at a back-edge
  std::atomic<uint64_t> back_edges{0}, interpreter_ticks{0};     // ticks: runtime/clock.h
  std::atomic<uint64_t> native_ticks{0};                         // in code of the other tiers, as far as it was timed
  std::atomic<uint64_t> baseline_decided{0}, baseline_began{0};  // when baseline code was asked for, and first ran; nanoseconds
  std::atomic<uint64_t> safepoints{0};                           // passed while this was the outermost call: its callees' count too
  std::atomic<uint64_t> first_run{0};                            // runtime::nanoseconds() when interpret() first ran it; 0: not yet

  // Calls of native code: whose it is is read when they are counted, which a swap may make inexact by a few.
  void count_native(Tier tier, uint64_t calls = 1) {
    if (tier != Tier::baseline) {
      native_calls.fetch_add(calls, std::memory_order_relaxed);
    } else if (baseline_calls.fetch_add(calls, std::memory_order_relaxed) == 0) {
      note_baseline();
    }
  }
  // Baseline code begins, perhaps for the first time.
  void note_baseline();
};

enum class CompileState : uint8_t { none, queued, compiling, linked, refused };

// One function for one tuple of argument types (and one value of its globals).
class Specialisation {
 public:
  Function* function = nullptr;
  std::vector<const Type*> parameters;    // declared ones
  std::vector<const Type*> converted;     // what an explicit signature converts them to at entry; empty: nothing else
  const Type* declared_result = nullptr;  // an explicit signature's, or null
  std::vector<HiddenArgument> hidden;
  const Type* result = nullptr;
  std::shared_ptr<const Globals> globals;
  std::unique_ptr<typed::Function> typed;
  std::unique_ptr<interp::Program> program;
  std::vector<Specialisation*> callees;  // direct ones, each once
  const std::vector<const Type*>& entered() const { return converted.empty() ? parameters : converted; }
  bool recursive = false;  // in a cycle of the call graph

  // The best native code, null before any arrives: this is what is swapped. Stored with release by `install` and `uninstall`, loaded with
  // acquire by whoever calls, who must be `Inside` (native/reclaim.h) from the load to the end of the call.
  std::atomic<Entry> native{nullptr};
  std::atomic<Tier> tier{Tier::interpreter};  // of `native`; stored just before it, read relaxed: for statistics and decisions
  std::atomic<Entry> baseline{nullptr};       // baseline code while there is some: `native` itself, or what a forced tier runs; as `native`
  std::atomic<CompileState> state{CompileState::none};  // compile client's thread writes; anyone reads
  std::atomic<bool> ready{false};  // typed and assembled; stored with release by who infers it, loaded with acquire by callers
  Profile profile;
  std::atomic<CompileState> baseline_state{CompileState::none};  // who asks sets `queued`, the compile thread the rest; anyone reads
  std::atomic<uint8_t> asked{0};                                 // tiering.h: 0 nothing, 1 the cache, 2 the service; any thread, relaxed

  // Written by compile threads under `Function::mutex()`, read under it.
  std::shared_ptr<const void> code;                        // keeps what `native` points into, where it is Numba's
  std::vector<std::shared_ptr<const void>> baseline_code;  // keeps what `baseline` and the program's moves point into
  std::string baseline_refusal;                            // why there is none, or ""
  double generate_seconds = 0, baseline_link_seconds = 0;  // of the unit that `baseline` is a part of
  std::string refusal;                                     // why native code was not taken, or ""
  double compile_seconds = 0, link_seconds = 0, swapped_after_seconds = 0;
  bool from_cache = false;

  // Whether every global that it and its callees were made for still has its value. Any thread.
  bool current();

  std::string signature() const;  // "(int64, array(float64, 1d, C)) -> float64"
  ~Specialisation();

 private:
  std::atomic<uint64_t> checked_at_{0};  // the revision of all globals at which `current` last said yes; any thread, relaxed: a hint
};

class Function {
 public:
  Function(CodeObject code, Options options);
  Function(const CodeObject& code, Function& outer);  // nested: made by `nested`
  ~Function();
  // The function number `index` inside this one, made at its first use, under `inference_lock`.
  Function& nested(size_t index);
  // The function that is inside no other, whose globals all have.
  const Function& outermost() const { return outer_ && !declared_as_ ? outer_->outermost() : *this; }
  // Whether the function can be called as a prototype says (types.h): by its number of parameters, and its own signatures if it has some.
  bool declares(const Type& prototype) const;
  // The function with a prototype for its one signature, made at its first use, under `inference_lock`; `declares` must have said yes.
  Function& declared(const Type& prototype);
  Function& outermost() { return outer_ ? outer_->outermost() : *this; }
  const CodeObject& code() const { return code_; }
  const Options& options() const { return options_; }

  // Main thread, at the start of a run. Another value of a global makes other specialisations.
  void set_globals(Globals);
  std::shared_ptr<const Globals> globals() const;

  // The specialisation for these types, inferred now if it is new. Null with `error` filled in if it cannot be. Any thread; takes a
  // lock only where the last lookup by types misses.
  Specialisation* specialise(std::span<const Type* const> types, CompileError& error);

  std::vector<Specialisation*> specialisations() const;
  std::mutex& mutex() const { return mutex_; }

  // How declared parameters are reached by a call with `positional` arguments and `keywords`: one source index a parameter, or -1 for
  // the default; captured ones are not counted. Returns an error text in Python's words ("f() missing 1 required positional argument:
  // 'x'").
  std::string match_arguments(size_t positional, std::span<const std::string_view> keywords, std::vector<int>& sources) const;

  // Of a function that is gone (forget.h): all but its place in tracebacks goes. Nobody may be in it or look at its specialisations.
  void forget();

  void* python = nullptr;  // bridge's own: the Python object, borrowed

 private:
  CodeObject code_;
  Options options_;
  Function* outer_ = nullptr;
  const Type* declared_as_ = nullptr;  // of a function that `declared` made, whose `outer_` is what it was made of
  std::vector<std::unique_ptr<Function>> nested_, declared_;
  mutable std::mutex mutex_;
  struct Lookup;
  std::unique_ptr<Lookup> lookup_;
};

// Makes `entry` what calls run from now on, unless a better tier's is there. `code` keeps it alive. Numba's code takes the place of
// baseline code, moves included, which is then retired (native/reclaim.h). False where a better one was there. Any thread.
bool install(Specialisation&, Tier, Entry entry, std::shared_ptr<const void> code);
// `code` holds baseline code for frames of this specialisation in loops (interp::publish_move); it goes when baseline code goes.
void keep_moves(Specialisation&, std::shared_ptr<const void> code);
// Takes the code of a tier out of use: calls go on in the next lower one. It may be asked for again. Any thread.
void uninstall(Specialisation&, Tier);

// Runs a specialisation in the interpreter, in `context`, which is the thread's current one, and counts the time. 0, or 1 with context.exc
// filled in.
int32_t interpret(Specialisation&, const uint64_t* args, uint64_t* ret, runtime::Context& context);
// Runs a specialisation in the calling thread's current context by its best tier. 0 or 1, as Entry.
int32_t call(Specialisation&, const uint64_t* args, uint64_t* ret, runtime::ExcInfo** exc);

}  // namespace px::jit

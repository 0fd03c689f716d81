// The heap of a context that outlives its callbacks: a connection's, a timer's that fires again and again. What a callback makes is gone
// when it ends, so that a million of them use the same memory; what is to stay from one to the next is kept by name.
//
// Between callbacks the heap belongs to no thread. A callback runs in its worker's context, with this heap in place of the worker's own,
// and the next one may run in another worker's. An empty heap has no page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "runtime/arena.h"

namespace px::runtime {

class Context;

class LastingHeap {
 public:
  explicit LastingHeap(const HeapOptions& options = {}) : options_(options) {}
  ~LastingHeap() { contents_.take(); }  // on any thread
  LastingHeap(const LastingHeap&) = delete;
  LastingHeap& operator=(const LastingHeap&) = delete;

  // One callback, as long as it lives: `context.arena` is the heap. One at a time of a heap; in the callbacks of others they may nest. Its
  // exception (`context.exc`) may refer to what it made: it is read before this ends.
  class Callback {
   public:
    Callback(LastingHeap&, Context&);
    ~Callback();  // snapshots that are open are rolled back; then what the callback has made is released
    Callback(const Callback&) = delete;
    Callback& operator=(const Callback&) = delete;

    // What it has made so far stays.
    void keep();
    // Of the heap, what these addresses point to is all that is needed from now on: what lies in other pages is released, whichever
    // callback made it. Sorts the addresses. For state that callbacks replace.
    void keep_only(std::span<uint64_t> addresses);

   private:
    LastingHeap& heap_;
    Context& context_;
    size_t snapshots_;  // open before
    Arena::Mark mark_;
  };

 private:
  const HeapOptions options_;
  bool begun_ = false;
  ArenaContents contents_;  // between callbacks; during one, the worker's own
};

}  // namespace px::runtime

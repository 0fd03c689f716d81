// Reads once from a pipe, socket or other descriptor that may have to be waited for.
#pragma once

#include <cstddef>

#include "runtime/op/operation.h"

namespace px::runtime {

// `complete` is left to who derives from it.
class ReadOperation : public Operation {
 public:
  // The buffer must live as long as the operation is under way.
  ReadOperation(int descriptor, void* buffer, size_t bytes) : descriptor_(descriptor), buffer_(buffer), bytes_(bytes) {}

  void prepare(io_uring_sqe&) override;
  Readiness readiness() const override { return {descriptor_, true, false}; }
  int32_t attempt() override;

 private:
  int descriptor_;
  void* buffer_;
  size_t bytes_;
};

}  // namespace px::runtime

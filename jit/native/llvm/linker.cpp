// The linker: one ORC session, one JITDylib an object, so that releasing an object releases everything of it.
#include "jit/native/linker.h"

#include <llvm/ExecutionEngine/Orc/AbsoluteSymbols.h>
#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/ExecutionEngine/Orc/SelfExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/TaskDispatch.h>
#include <llvm/Support/MemoryBuffer.h>

#include <atomic>
#include <mutex>

#include "jit/native/llvm/checks.h"
#include "jit/native/llvm/memory.h"

namespace px::jit::native {

namespace orc = llvm::orc;

namespace {

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define PX_TOLD_TO_SANITIZER
#endif
#endif
#ifdef PX_TOLD_TO_SANITIZER
extern "C" void __tsan_acquire(void*);
extern "C" void __tsan_release(void*);
#endif

// A lock that the thread sanitizer sees: LLVM is in this library, and what the library locks is hidden from it (tools/tsan.supp).
class Lock {
 public:
  explicit Lock(std::mutex& mutex) : lock_(mutex) {
#ifdef PX_TOLD_TO_SANITIZER
    __tsan_acquire(&mutex);
#endif
  }
  ~Lock() {
#ifdef PX_TOLD_TO_SANITIZER
    __tsan_release(lock_.mutex());
#endif
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

 private:
  std::unique_lock<std::mutex> lock_;
};

class OrcLinker;

class OrcCode final : public Code {
 public:
  OrcCode(OrcLinker& linker, orc::JITDylib& dylib, size_t bytes) : linker_(linker), dylib_(dylib), bytes_(bytes) {}
  ~OrcCode() override;
  size_t bytes() const override { return bytes_; }

 private:
  OrcLinker& linker_;
  orc::JITDylib& dylib_;
  size_t bytes_;
};

class OrcLinker final : public Linker {
 public:
  static std::unique_ptr<OrcLinker> create(std::span<const Symbol> table, bool packed, std::string& error) {
    auto control =
        orc::SelfExecutorProcessControl::Create(std::make_shared<orc::SymbolStringPool>(), std::make_unique<orc::InPlaceTaskDispatcher>());
    if (!control) {
      error = llvm::toString(control.takeError());
      return nullptr;
    }
    auto memory = PackedMemory::create(packed);
    if (!memory) {
      error = llvm::toString(memory.takeError());
      return nullptr;
    }
    return std::unique_ptr<OrcLinker>(new OrcLinker(std::move(*control), std::move(*memory), table));
  }

  ~OrcLinker() override {
    if (llvm::Error failure = session_.endSession()) llvm::consumeError(std::move(failure));
  }

  std::unique_ptr<Code> link(std::span<const char> object, std::span<const std::string> names, std::span<const Symbol> own,
                             std::span<void*> addresses, std::string& error) override {
    Lock lock(mutex_);
    reported_.clear();
    orc::JITDylib& dylib = session_.createBareJITDylib("object " + std::to_string(next_++));
    dylib.addToLinkOrder(base_);
    llvm::Error failure = define(dylib, own);
    if (!failure) {
      // A copy: the object may be a part of a larger buffer, and JITLink wants it aligned.
      auto buffer = llvm::MemoryBuffer::getMemBufferCopy({object.data(), object.size()}, dylib.getName());
      failure = layer_.add(dylib, std::move(buffer));
    }
    if (!failure) failure = find(dylib, names, addresses);
    if (failure) {
      // What the session reported on the way (unknown symbols) says more than the failure of the lookup.
      std::string text = llvm::toString(std::move(failure));
      error = reported_.empty() ? text : reported_;
      for (void*& address : addresses) address = nullptr;
      remove(dylib);
      return nullptr;
    }
    code_bytes_.fetch_add(linked_.bytes, std::memory_order_relaxed);
    return std::make_unique<OrcCode>(*this, dylib, linked_.bytes);
  }

  size_t code_bytes() const override { return code_bytes_.load(std::memory_order_relaxed); }

  void lock_for_fork() override { mutex_.lock(); }
  void unlock_after_fork() override { mutex_.unlock(); }

  void release(orc::JITDylib& dylib, size_t bytes) {
    Lock lock(mutex_);
    code_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
    remove(dylib);
  }

 private:
  OrcLinker(std::unique_ptr<orc::ExecutorProcessControl> control, std::unique_ptr<PackedMemory> memory, std::span<const Symbol> table)
      : session_(std::move(control)), layer_(session_, std::move(memory)), base_(session_.createBareJITDylib("px")) {
    session_.setErrorReporter([this](llvm::Error failure) {
      if (!reported_.empty()) reported_ += "; ";
      reported_ += llvm::toString(std::move(failure));
    });
    layer_.addPlugin(std::make_shared<CheckPlugin>(linked_));
    llvm::cantFail(define(base_, table));
  }

  llvm::Error define(orc::JITDylib& dylib, std::span<const Symbol> table) {
    if (table.empty()) return llvm::Error::success();
    orc::SymbolMap map;
    for (const Symbol& symbol : table) {
      map[session_.intern(symbol.name)] = {orc::ExecutorAddr::fromPtr(symbol.address), llvm::JITSymbolFlags::Exported};
    }
    return dylib.define(orc::absoluteSymbols(std::move(map)));
  }

  llvm::Error find(orc::JITDylib& dylib, std::span<const std::string> names, std::span<void*> addresses) {
    orc::SymbolLookupSet wanted;
    std::vector<orc::SymbolStringPtr> interned;
    for (const std::string& name : names) wanted.add(interned.emplace_back(session_.intern(name)));
    auto found = session_.lookup(orc::makeJITDylibSearchOrder(&dylib), std::move(wanted));
    if (!found) return found.takeError();
    for (size_t i = 0; i < interned.size(); ++i) addresses[i] = (*found)[interned[i]].getAddress().toPtr<void*>();
    return llvm::Error::success();
  }

  void remove(orc::JITDylib& dylib) {
    if (llvm::Error failure = session_.removeJITDylib(dylib)) llvm::consumeError(std::move(failure));
    if (next_ % 256 == 0) session_.getSymbolStringPool()->clearDeadEntries();
  }

  // One link or release at a time. All below are under it but for code_bytes_, which statistics read (relaxed: it guards nothing).
  std::mutex mutex_;
  Linked linked_;         // of the object being linked; the plugin's
  std::string reported_;  // errors reported to the session during this link
  orc::ExecutionSession session_;
  orc::ObjectLinkingLayer layer_;
  orc::JITDylib& base_;
  std::atomic<size_t> code_bytes_{0};
  uint64_t next_ = 0;
};

OrcCode::~OrcCode() {
  linker_.release(dylib_, bytes_);
}

}  // namespace

}  // namespace px::jit::native

extern "C" __attribute__((visibility("default"))) px::jit::native::Linker* px_llvm_open(const px::jit::native::Symbol* symbols,
                                                                                        size_t count, bool packed, std::string* error) {
  return px::jit::native::OrcLinker::create({symbols, count}, packed, *error).release();
}

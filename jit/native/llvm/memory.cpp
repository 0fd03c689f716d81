#include "jit/native/llvm/memory.h"

#include <llvm/ExecutionEngine/JITLink/JITLink.h>
#include <llvm/Support/MathExtras.h>

namespace px::jit::native {

namespace jitlink = llvm::jitlink;
namespace orc = llvm::orc;

namespace {

bool writable(const orc::AllocGroup& group) {
  return llvm::orc::toSysMemoryProtectionFlags(group.getMemProt()) & llvm::sys::Memory::MF_WRITE;
}

struct Sizes {
  size_t code = 0, data = 0;  // code: constants too
  bool fits = true;
};

Sizes sizes_of(jitlink::BasicLayout& layout) {
  Sizes sizes;
  for (auto& [group, segment] : layout.segments()) {
    size_t& total = writable(group) ? sizes.data : sizes.code;
    total = llvm::alignTo(total, segment.Alignment) + segment.ContentSize + segment.ZeroFillSize;
    sizes.fits &= segment.Alignment.value() <= Slab::grain && total <= Slab::largest_piece;
  }
  return sizes;
}

}  // namespace

// A finalised object in the slab. Its address is what JITLink holds.
struct PackedMemory::Held {
  Slab::Piece piece;
  std::vector<orc::shared::WrapperFunctionCall> actions;
};

// Between the layout and the end of relocation: the object's contents are in ordinary memory, at offsets as in the piece.
class PackedMemory::InFlight final : public InFlightAlloc {
 public:
  InFlight(PackedMemory& memory, jitlink::LinkGraph& graph, const Slab::Piece& piece)
      : memory_(memory), graph_(graph), piece_(piece), code_(piece.code_bytes), data_(piece.data_bytes) {}

  void place(jitlink::BasicLayout& layout) {
    size_t code = 0, data = 0;
    for (auto& [group, segment] : layout.segments()) {
      bool is_data = writable(group);
      size_t& at = is_data ? data : code;
      at = llvm::alignTo(at, segment.Alignment);
      segment.Addr = orc::ExecutorAddr::fromPtr((is_data ? piece_.data : piece_.code) + at);
      segment.WorkingMem = (is_data ? data_ : code_).data() + at;
      at += segment.ContentSize + segment.ZeroFillSize;
    }
  }

  void finalize(OnFinalizedFunction done) override {
    std::copy(data_.begin(), data_.end(), piece_.data);
    if (!memory_.slab_->write_code(piece_.code, code_.data(), code_.size())) {
      memory_.slab_->release(piece_);
      return done(llvm::make_error<jitlink::JITLinkError>("code memory cannot be written"));
    }
    auto actions = orc::shared::runFinalizeActions(graph_.allocActions());
    if (!actions) {
      memory_.slab_->release(piece_);
      return done(actions.takeError());
    }
    auto* held = new Held{piece_, std::move(*actions)};
    memory_.held_.insert(held);
    done(FinalizedAlloc(orc::ExecutorAddr::fromPtr(held)));
  }

  void abandon(OnAbandonedFunction done) override {
    memory_.slab_->release(piece_);
    done(llvm::Error::success());
  }

 private:
  PackedMemory& memory_;
  jitlink::LinkGraph& graph_;
  Slab::Piece piece_;
  std::vector<char> code_, data_;
};

llvm::Expected<std::unique_ptr<PackedMemory>> PackedMemory::create(bool packed) {
  auto large = jitlink::InProcessMemoryManager::Create();
  if (!large) return large.takeError();
  return std::unique_ptr<PackedMemory>(new PackedMemory(std::move(*large), packed ? Slab::create() : nullptr));
}

PackedMemory::PackedMemory(std::unique_ptr<JITLinkMemoryManager> large, std::unique_ptr<Slab> slab)
    : large_(std::move(large)), slab_(std::move(slab)) {}
PackedMemory::~PackedMemory() = default;

void PackedMemory::allocate(const jitlink::JITLinkDylib* dylib, jitlink::LinkGraph& graph, OnAllocatedFunction done) {
  jitlink::BasicLayout layout(graph);
  Sizes sizes = sizes_of(layout);
  Slab::Piece piece;
  if (!slab_ || !sizes.fits || !slab_->allocate(sizes.code, sizes.data, piece)) return large_->allocate(dylib, graph, std::move(done));
  auto in_flight = std::make_unique<InFlight>(*this, graph, piece);
  in_flight->place(layout);
  if (llvm::Error failure = layout.apply()) {
    slab_->release(piece);
    return done(std::move(failure));
  }
  done(std::move(in_flight));
}

void PackedMemory::deallocate(std::vector<FinalizedAlloc> allocations, OnDeallocatedFunction done) {
  llvm::Error failure = llvm::Error::success();
  std::vector<FinalizedAlloc> others;
  while (!allocations.empty()) {
    FinalizedAlloc last = std::move(allocations.back());
    allocations.pop_back();
    auto found = held_.find(last.getAddress().toPtr<Held*>());
    if (found == held_.end()) {
      others.insert(others.begin(), std::move(last));
      continue;
    }
    std::unique_ptr<Held> held(last.release().toPtr<Held*>());
    held_.erase(found);
    failure = llvm::joinErrors(std::move(failure), orc::shared::runDeallocActions(held->actions));
    slab_->release(held->piece);
  }
  if (others.empty()) return done(std::move(failure));
  large_->deallocate(std::move(others), [&](llvm::Error theirs) { done(llvm::joinErrors(std::move(failure), std::move(theirs))); });
}

}  // namespace px::jit::native

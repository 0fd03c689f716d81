#include "jit/native/llvm/slab.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace px::jit::native {

namespace {

constexpr size_t page = 4096, code_size = 6 << 20, data_size = 2 << 20;  // bytes of a region; what is not used has no memory
constexpr unsigned char trap = 0xcc;                                     // int3: who runs freed code stops there

size_t rounded(size_t bytes) {
  return (bytes + Slab::grain - 1) & ~(Slab::grain - 1);
}

// Pages of the piece that nothing lies in any more.
void give_pages_back(char* base, FreeRanges::Range free, size_t begin, size_t end) {
  size_t from = std::max((free.begin + page - 1) & ~(page - 1), begin & ~(page - 1));
  size_t to = std::min(free.end & ~(page - 1), (end + page - 1) & ~(page - 1));
  if (from < to) madvise(base + from, to - from, MADV_DONTNEED);
}

}  // namespace

std::optional<size_t> FreeRanges::take(size_t bytes) {
  for (auto at = free_.begin(); at != free_.end(); ++at) {
    auto [offset, size] = *at;
    if (size < bytes) continue;
    free_.erase(at);
    if (size > bytes) free_[offset + bytes] = size - bytes;
    return offset;
  }
  return std::nullopt;
}

FreeRanges::Range FreeRanges::give_back(size_t offset, size_t bytes) {
  auto after = free_.lower_bound(offset);
  if (after != free_.begin()) {
    auto before = std::prev(after);
    if (before->first + before->second == offset) {
      offset = before->first;
      bytes += before->second;
      free_.erase(before);
    }
  }
  if (after != free_.end() && after->first == offset + bytes) {
    bytes += after->second;
    free_.erase(after);
  }
  free_[offset] = bytes;
  return {offset, offset + bytes};
}

struct Slab::Region {
  explicit Region(char* at) : base(at) {}
  ~Region() { munmap(base, code_size + data_size); }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;
  bool empty() const { return code.all_free() && data.all_free(); }
  char* data_base() const { return base + code_size; }

  char* base;  // code, then data
  FreeRanges code{code_size}, data{data_size};
};

std::unique_ptr<Slab> Slab::create() {
  std::unique_ptr<Slab> slab(new Slab);
  Region* region = slab->add_region();
  if (!region) return nullptr;
  const char probe[] = "px";
  if (!slab->write_code(region->base, probe, sizeof probe) || std::memcmp(region->base, probe, sizeof probe) != 0) return nullptr;
  return slab;
}

Slab::~Slab() {
  if (memory_ >= 0) close(memory_);
}

Slab::Region* Slab::add_region() {
  void* at = mmap(nullptr, code_size + data_size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) return nullptr;
  auto region = std::make_unique<Region>(static_cast<char*>(at));
  if (mprotect(region->data_base(), data_size, PROT_READ | PROT_WRITE) != 0) return nullptr;
  return regions_.emplace_back(std::move(region)).get();
}

bool Slab::allocate(size_t code_bytes, size_t data_bytes, Piece& piece) {
  code_bytes = std::max(rounded(code_bytes), grain);
  data_bytes = rounded(data_bytes);
  auto fit = [&](Region& region) {
    auto code = region.code.take(code_bytes);
    if (!code) return false;
    std::optional<size_t> data = 0;
    if (data_bytes > 0 && !(data = region.data.take(data_bytes))) {
      region.code.give_back(*code, code_bytes);
      return false;
    }
    piece = {&region, region.base + *code, region.data_base() + *data, code_bytes, data_bytes};
    return true;
  };
  if (std::ranges::any_of(regions_, [&](auto& region) { return fit(*region); })) return true;
  Region* region = add_region();
  return region && fit(*region);
}

bool Slab::open_memory() {
  // A forked child has the parent's: it would write into the parent's memory.
  if (memory_ >= 0 && owner_ == getpid()) return true;
  if (memory_ >= 0) close(memory_);
  memory_ = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
  owner_ = getpid();
  return memory_ >= 0;
}

bool Slab::write_code(char* to, const char* from, size_t bytes) {
  if (!open_memory()) return false;
  char* const begin = to;
  while (bytes > 0) {
    ssize_t n = pwrite(memory_, from, bytes, static_cast<off_t>(reinterpret_cast<uintptr_t>(to)));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    to += n;
    from += n;
    bytes -= static_cast<size_t>(n);
  }
  __builtin___clear_cache(begin, to);
  return true;
}

void Slab::release(const Piece& piece) {
  Region& region = *piece.region;
  static const std::vector<char> traps(64 << 10, static_cast<char>(trap));
  for (size_t done = 0; done < piece.code_bytes;) {
    size_t bytes = std::min(piece.code_bytes - done, traps.size());
    if (!write_code(piece.code + done, traps.data(), bytes)) break;  // what is there does no harm either
    done += bytes;
  }
  auto give_back = [](FreeRanges& ranges, char* base, char* at, size_t bytes) {
    if (bytes == 0) return;
    size_t begin = static_cast<size_t>(at - base);
    give_pages_back(base, ranges.give_back(begin, bytes), begin, begin + bytes);
  };
  give_back(region.code, region.base, piece.code, piece.code_bytes);
  give_back(region.data, region.data_base(), piece.data, piece.data_bytes);
  if (!region.empty() || std::ranges::count_if(regions_, [](auto& other) { return other->empty(); }) < 2) return;
  std::erase_if(regions_, [&](auto& other) { return other.get() == &region; });
}

}  // namespace px::jit::native

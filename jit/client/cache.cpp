#include "jit/client/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cinttypes>
#include <cstring>
#include <filesystem>

#include "jit/client/file.h"
#include "jit/client/protocol.h"

namespace px::jit::client {

namespace fs = std::filesystem;

namespace {

struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t header_bytes;
  uint64_t object_bytes;
  Key key;
  Key content;  // of what follows this struct, cut where header_bytes says
};
static_assert(sizeof(FileHeader) == 56);
constexpr char magic[8] = {'p', 'x', ' ', 'c', 'a', 'c', 'h', 'e'};
constexpr uint32_t version = 2;
constexpr time_t day = 24 * 60 * 60, hour = 60 * 60;  // seconds

// The other length follows from the file's.
Key content_key(std::string_view content, uint32_t header_bytes) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(content.data(), content.size(), header_bytes);
  return {hash.high64, hash.low64};
}

enum class Read : uint8_t { absent, bad, good };

Read read_entry(const std::string& path, const Key& key, CacheEntry& entry) {
  File file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return Read::absent;
  struct stat status;
  if (fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) return Read::absent;
  // Machine code that another user put there is not run.
  if (status.st_uid != geteuid() && status.st_uid != 0) return Read::absent;
  FileHeader header;
  if (!file.read(&header, sizeof header)) return Read::bad;
  if (std::memcmp(header.magic, magic, sizeof magic) != 0 || header.version != version || header.key != key) return Read::bad;
  if (header.header_bytes > max_header || header.object_bytes > max_blob) return Read::bad;
  uint64_t content = header.header_bytes + header.object_bytes;
  if (static_cast<uint64_t>(status.st_size) != sizeof header + content) return Read::bad;
  std::string bytes(content, '\0');
  if (!file.read(bytes.data(), bytes.size()) || content_key(bytes, header.header_bytes) != header.content) return Read::bad;
  entry.header.assign(bytes, 0, header.header_bytes);
  entry.object.assign(bytes.begin() + header.header_bytes, bytes.end());
  // The modification time says when an entry was last of use; a day's precision is enough and spares a write for each hit.
  if (time(nullptr) - status.st_mtime > day) futimens(file.fd(), nullptr);
  return Read::good;
}

}  // namespace

std::string Key::hex() const {
  char text[33];
  std::snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, high, low);
  return text;
}

Key key_of(std::string_view text) {
  XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

bool Cache::has_entries(const std::string& directory) {
  std::error_code error;
  return !directory.empty() && std::filesystem::directory_iterator(directory, error) != std::filesystem::directory_iterator();
}

bool Cache::load(const Key& key, CacheEntry& entry) {
  if (!enabled()) return false;
  switch (read_entry(path(key), key, entry)) {
    case Read::good:
      ++counters_.hits;
      return true;
    case Read::absent:
      ++counters_.misses;
      return false;
    case Read::bad:
      drop(key);
      return false;
  }
  return false;
}

void Cache::drop(const Key& key) {
  ++counters_.bad;
  unlink(path(key).c_str());
}

void Cache::store(const Key& key, std::string_view header, std::string_view object) {
  if (!enabled() || unwritable_ || header.size() > max_header || object.size() > max_blob || !prepare()) return;
  std::string content(header);
  content += object;
  FileHeader head{};
  std::memcpy(head.magic, magic, sizeof magic);
  head.version = version;
  head.header_bytes = static_cast<uint32_t>(header.size());
  head.object_bytes = object.size();
  head.key = key;
  head.content = content_key(content, head.header_bytes);
  std::string temporary = options_.directory + "/" + key.hex() + ".XXXXXX";
  File file(mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) return give_up("written", errno);
  if (!file.write(&head, sizeof head) || !file.write(content.data(), content.size()) || !file.close() ||
      rename(temporary.c_str(), path(key).c_str()) != 0) {
    int error = errno;
    unlink(temporary.c_str());
    return give_up("written", error);
  }
  ++counters_.stored;
}

bool Cache::prepare() {
  if (prepared_) return true;
  std::error_code error;
  fs::path directory(options_.directory);
  fs::create_directories(directory.parent_path(), error);
  if (mkdir(options_.directory.c_str(), 0700) != 0 && errno != EEXIST) return give_up("made", errno), false;
  if (!fs::is_directory(directory, error)) return give_up("used", ENOTDIR), false;
  prune();
  prepared_ = true;
  return true;
}

void Cache::give_up(const std::string& what, int error) {
  unwritable_ = true;
  if (options_.warn) {
    options_.warn("the cache folder " + options_.directory + " cannot be " + what + ": " + std::strerror(error) +
                  "; compiled code is not kept (PX_CACHE_DIR names another folder, PX_CACHE=0 none)");
  }
}

void Cache::prune() {
  struct Item {
    time_t used;
    uint64_t bytes;
    std::string path;
  };
  std::vector<Item> items;
  uint64_t total = 0;
  time_t now = time(nullptr);
  std::error_code error;
  for (fs::directory_iterator at(options_.directory, error), end; !error && at != end; at.increment(error)) {
    struct stat status;
    std::string path = at->path().string();
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (at->path().extension() == ".pxo") {
      items.push_back({status.st_mtime, static_cast<uint64_t>(status.st_size), path});
      total += items.back().bytes;
    } else if (at->path().stem().string().size() == 32 && now - status.st_mtime > hour) {
      unlink(path.c_str());  // left by a process that died while it wrote
    }
  }
  if (total <= options_.limit) return;
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.used < b.used; });
  for (const Item& item : items) {
    if (total <= options_.limit / 4 * 3) break;
    if (unlink(item.path.c_str()) == 0) ++counters_.pruned;
    total -= item.bytes;
  }
}

}  // namespace px::jit::client

// The disk cache: one file a key, written aside and renamed, checked in full when read. Anything wrong with a file makes it absent; a
// folder that cannot be written is done without. Any number of processes may use one folder. One thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace px::jit::client {

struct Key {
  uint64_t high = 0, low = 0;
  bool operator==(const Key&) const = default;
  std::string hex() const;
};
Key key_of(std::string_view text);  // XXH3, 128 bits

struct CacheEntry {
  std::string header;  // the service's answer
  std::vector<char> object;
};

class Cache {
 public:
  struct Options {
    std::string directory;                         // "": no cache
    uint64_t limit = uint64_t{1} << 30;            // bytes; beyond it the files used longest ago go
    std::function<void(const std::string&)> warn;  // called once at most
  };
  // Read by other threads too, by way of the client's statistics, which copies them under its lock.
  struct Counters {
    uint64_t hits = 0, misses = 0, bad = 0, stored = 0, pruned = 0;
  };

  // Whether the folder exists and holds anything. Any thread.
  static bool has_entries(const std::string& directory);

  explicit Cache(Options options) : options_(std::move(options)) {}
  bool enabled() const { return !options_.directory.empty(); }
  bool load(const Key& key, CacheEntry& entry);
  void store(const Key& key, std::string_view header, std::string_view object);
  // An entry whose bytes are sound but that does not link or does not fit: removed.
  void drop(const Key& key);
  const Counters& counters() const { return counters_; }

 private:
  std::string path(const Key& key) const { return options_.directory + "/" + key.hex() + ".pxo"; }
  bool prepare();  // the folder exists and has been pruned
  void give_up(const std::string& what, int error);
  void prune();

  Options options_;
  Counters counters_;
  bool prepared_ = false, unwritable_ = false;
};

}  // namespace px::jit::client

// For tests of the compile client: functions built by hand, and a service that does as the function's name says.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "jit/client/client.h"
#include "jit/client/environment.h"
#include "jit/function.h"
#include "jit/interp/program.h"
#include "jit/native/reclaim.h"
#include "tests/cpp/jit/client_support.h"

namespace px::jit::test {

// A function `name(a, b)` and its specialisation for two int64, typed as `x = a + b; return x` would be.
struct Subject {
  explicit Subject(const std::string& name, const std::string& body = "return a + b") : function(code(name, body), Options{}) {
    specialisation.function = &function;
    specialisation.parameters = {types::int64(), types::int64()};
    specialisation.result = types::int64();
    specialisation.globals = std::make_shared<const Globals>(function.code().globals.size());
    specialisation.typed = std::make_unique<typed::Function>();
    specialisation.typed->definitions = {{"x", 1, types::int64()}};
  }
  static CodeObject code(const std::string& name, const std::string& body) {
    CodeObject code;
    code.name = code.qualified_name = name;
    code.file = "/somewhere/" + name + ".py";
    code.first_line = 10;
    code.source = "def " + name + "(a, b):\n    x = a + b\n    " + body + "\n";
    code.parameters = {{"a", {}}, {"b", {}}};
    return code;
  }
  CompileState state() const { return specialisation.state.load(); }
  std::string refusal() {
    std::lock_guard lock(function.mutex());
    return specialisation.refusal;
  }
  // By its native code.
  uint64_t call(uint64_t a, uint64_t b) const {
    native::Inside inside;
    return call(specialisation.native.load(std::memory_order_acquire), a, b);
  }
  PX_CALLS_LINKED_CODE static uint64_t call(Entry entry, uint64_t a, uint64_t b) {
    uint64_t args[2] = {a, b}, result = 0;
    return entry && entry(args, &result, nullptr) == 0 ? result : UINT64_MAX;
  }

  Function function;
  Specialisation specialisation;
};

// The object that the scripted service answers with: a + b.
inline std::vector<char> sum_object() {
  return compile_c("int32_t px_entry(const uint64_t* a, uint64_t* r, void** e) { (void)e; r[0] = a[0] + a[1]; return 0; }");
}

// What the service does is in the root function's name (see the script) and in `manner`.
inline client::ServiceProcess::Command scripted_service(const TemporaryFolder& folder, const std::string& manner = "normal") {
  static const char* const script = R"(import json, os, struct, sys, time

folder, manner = sys.argv[1:3]
# "cut:N", "deaf:N": the first service ends by a signal after so many bytes written, or read.
death, _, left = manner.partition(":")
left = int(left or 0) if not os.path.exists(folder + "/died") else None
blob = open(folder + "/sum.o", "rb").read()


def note(text):
    with open(folder + "/log", "a") as log:
        log.write(text + "\n")


def die():
    open(folder + "/died", "w").close()
    os.kill(os.getpid(), 9)


def write(data):
    global left
    if death == "cut" and left is not None:
        data, left = data[:left], left - len(data)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    if death == "cut" and left is not None and left <= 0:
        die()


def read(size):
    global left
    if death != "deaf" or left is None:
        return sys.stdin.buffer.read(size)
    data, left = sys.stdin.buffer.read(min(size, left)), left - size
    if left <= 0:
        die()
    return data


def send(header, blob=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    write(struct.pack("<II", len(text), len(blob)) + text + blob)


def hang():
    time.sleep(1000)


def good(request, **changes):
    answer = {"id": request["id"], "ok": True, "result": "int64", "seconds": 0.25, "sites": [], "specialisations": [
        {"function": 0, "arguments": ["int64", "int64"], "result": "int64", "definitions": [["x", 1, "int64"]]}]}
    answer.update(changes)
    return answer


def specialisation(**changes):
    one = {"function": 0, "arguments": ["int64", "int64"], "result": "int64", "definitions": []}
    return [{**one, **changes}]


def answer(request):
    name = request["functions"][0]["name"]
    note(name)
    if name.startswith("good"):
        send(good(request), blob)
    elif name.startswith("slow"):
        time.sleep(0.2)
        send(good(request), blob)
    elif name == "hang":
        hang()
    elif name == "silent":
        pass
    elif name == "die":
        os._exit(3)
    elif name == "die_once":
        if open(folder + "/log").read().split().count(name) == 1:
            os._exit(3)
        send(good(request), blob)
    elif name == "half":
        sys.stdout.buffer.write(struct.pack("<II", 100, 100) + b"{")
        sys.stdout.buffer.flush()
        os._exit(0)
    elif name == "huge":
        sys.stdout.buffer.write(struct.pack("<II", 1 << 31, 0))
        sys.stdout.buffer.flush()
        hang()
    elif name == "no_json":
        send(b"\xff{]")
    elif name == "no_fields":
        send({"id": request["id"], "ok": True})
    elif name == "twice":
        send(good(request), blob)
        send(good(request), b"another")
    elif name == "stray":
        send({**good(request), "id": 123456}, blob)
        send(good(request), blob)
    elif name == "result":
        send(good(request, result="float64"), blob)
    elif name == "definition":
        send(good(request, specialisations=specialisation(definitions=[["x", 1, "uint64"]])), blob)
    elif name == "other_signature":
        send(good(request, specialisations=specialisation(arguments=["int64", "float64"])), blob)
    elif name == "nothing_said":
        send(good(request, specialisations=[]), blob)
    elif name == "function_number":
        send(good(request, specialisations=specialisation(function=9)), blob)
    elif name == "exception":
        send(good(request, sites=[{"exception": "m:Mine", "message": None, "types": [], "function": 0, "line": 0}]), blob)
    elif name == "object":
        send(good(request), b"\x7fELF" + bytes(100))
    elif name == "typing":
        send({"id": request["id"], "ok": False, "kind": "typing", "reason": "no such thing"})
    elif name == "crash":
        send({"id": request["id"], "ok": False, "kind": "crash", "reason": "the compiler was ended by signal SIGSEGV"})


note("start")
if manner == "no_numba":
    send({"hello": 1, "error": "Numba is not installed"})
    sys.exit(1)
if manner == "mute":
    hang()
if manner == "dead":
    sys.exit(1)
if manner == "babble":
    print("Hello, world! This is not the protocol.", flush=True)
    hang()
send({"hello": 1, "numba": "0", "llvmlite": "0", "numpy": "0", "python": "0", "cpu": "", "features": ""})
while len(lengths := read(8)) == 8:
    header, size = struct.unpack("<II", lengths)
    request = json.loads(read(header))
    read(size)
    answer(request)
)";
  write_file(folder / "service.py", script);
  auto object = sum_object();
  write_file(folder / "sum.o", {object.data(), object.size()});
  return {{"/usr/bin/env", "python3", folder / "service.py", folder.string(), manner}, client::copy_environment(), folder / "stderr"};
}

// How often a line stands in the scripted service's log.
inline int logged(const TemporaryFolder& folder, const std::string& line) {
  std::ifstream log(folder / "log");
  int count = 0;
  for (std::string read; std::getline(log, read);) count += read == line;
  return count;
}

}  // namespace px::jit::test

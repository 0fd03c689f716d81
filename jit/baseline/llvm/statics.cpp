// A process may end while a unit is being compiled: nobody waits for that. What LLVM keeps in static objects has to outlive the compile
// thread then, so no destructor of this shared object is registered. (Nothing is lost: the system takes the memory.)
extern "C" __attribute__((visibility("hidden"))) int __cxa_atexit(void (*)(void*), void*, void*) {
  return 0;
}

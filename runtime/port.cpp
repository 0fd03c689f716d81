#include "runtime/port.h"

namespace px::runtime {

std::unique_ptr<Port> Port::open(PortKind kind, std::string& error) {
  if (kind != PortKind::epoll) {
    std::unique_ptr<Port> port = open_uring_port(error);
    if (port || kind == PortKind::uring) return port;
  }
  return open_epoll_port(error);
}

}  // namespace px::runtime

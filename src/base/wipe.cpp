#include "base/wipe.hpp"

#include <cstring>

namespace tenon {

void secure_wipe(void* memory, std::size_t size) noexcept {
  if (size == 0) return;
  std::memset(memory, 0, size);
  // The empty statement claims to read the memory, so the stores above are never dead. It needs
  // no volatile loop and survives inlining at link time.
  asm volatile("" : : "r"(memory) : "memory");
}

void secure_wipe(std::string& text) noexcept {
  text.resize(text.capacity());
  secure_wipe(text.data(), text.size());
  text.clear();
}

}  // namespace tenon

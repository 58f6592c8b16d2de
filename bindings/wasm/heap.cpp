// Every block that C++ frees is wiped first: strings and vectors may have held tokens, and a freed
// block is read by whoever gets it next (R116).
#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>

#include "base/wipe.hpp"

void operator delete(void* block) noexcept {
  if (block == nullptr) return;
  tenon::secure_wipe(block, malloc_usable_size(block));
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept { operator delete(block); }
void operator delete[](void* block) noexcept { operator delete(block); }
void operator delete[](void* block, std::size_t) noexcept { operator delete(block); }

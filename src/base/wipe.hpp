#pragma once

#include <cstddef>
#include <string>

namespace tenon {

// secure_wipe sets size bytes at memory to zero in a way that no optimizer, -O3 and link-time
// optimization included, may leave out. memory may be null when size is 0.
void secure_wipe(void* memory, std::size_t size) noexcept;

// secure_wipe zeroes the whole capacity of text, the small-string bytes inside the object
// included, and leaves it empty. Copies that were made earlier are the caller's business: text
// that is a secret from the start belongs in a secret_string.
void secure_wipe(std::string& text) noexcept;

}  // namespace tenon

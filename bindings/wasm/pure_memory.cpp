// The border of both modules: memory and the error table.
#include <cstdlib>

#include "base/wipe.hpp"
#include "memory.hpp"

using namespace tenon;
using namespace tenon::wasm;

namespace {

constexpr std::uint32_t abi_version = 1;
constexpr std::uint32_t buffer_bytes_max = 16 * 1024 * 1024;
constexpr std::uint32_t buffer_bytes_least = 4096;

std::uint8_t* buffer = nullptr;
std::uint32_t buffer_bytes = 0;

}  // namespace

extern "C" {

// tenon_abi_version tells the host which docs/abi.md this module speaks.
std::uint32_t tenon_abi_version() { return abi_version; }

// tenon_buffer gives the one buffer through which calls take and give bytes, at least size bytes
// long; 0 when size is over 16 MiB or memory ran out. Growing it loses and wipes what it held.
std::uint8_t* tenon_buffer(std::uint32_t size) {
  if (size <= buffer_bytes && buffer != nullptr) return buffer;
  if (size > buffer_bytes_max) return nullptr;
  const std::uint32_t wanted = size < buffer_bytes_least ? buffer_bytes_least : size;
  auto* larger = static_cast<std::uint8_t*>(std::malloc(wanted));
  if (larger == nullptr) return nullptr;
  if (buffer != nullptr) secure_wipe(buffer, buffer_bytes);
  std::free(buffer);
  buffer = larger;
  buffer_bytes = wanted;
  return buffer;
}

// tenon_wipe zeroes bytes that held a secret.
void tenon_wipe(std::uint32_t address, std::uint32_t size) {
  if (const auto bytes = memory_at(address, size)) secure_wipe(bytes->data(), bytes->size());
}

// tenon_error_text gives a NUL-terminated text of the error table: which 0 is a code's name, 1 its
// sentence, 3 its kind; 2 the name of a reason number. "" for numbers that mean nothing.
const char* tenon_error_text(std::uint32_t number, std::uint32_t which) {
  constexpr const char* kinds[] = {"caller", "refused", "transient", "hostile", "ours"};
  const auto code = static_cast<error_code>(number);
  if (which == 2) {
    const bool known = number < static_cast<std::uint32_t>(error_reason::count_);
    return known ? name_of(static_cast<error_reason>(number)).data() : "";
  }
  if (number >= static_cast<std::uint32_t>(error_code::count_)) return "";
  if (which == 0) return name_of(code).data();
  if (which == 1) return sentence_of(code).data();
  return which == 3 ? kinds[static_cast<std::uint32_t>(kind_of(code))] : "";
}
}

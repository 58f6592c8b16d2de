#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/error.hpp"

// The border's own rules: numbers from the host are never trusted to name memory we have.

namespace tenon::wasm {

// memory_at gives the bytes at an address, or nullopt when they do not lie inside linear memory.
// The sum is taken in 64 bits, so that an address near the end cannot wrap around.
inline std::optional<byte_span> memory_at(std::uint32_t address, std::uint32_t size) {
  const std::uint64_t end = std::uint64_t{address} + size;
  const std::uint64_t limit = std::uint64_t{__builtin_wasm_memory_size(0)} * 65536;
  if (address == 0 || end > limit) return std::nullopt;
  return byte_span(reinterpret_cast<std::uint8_t*>(address), size);
}

// failed packs an error into the negative number that a pure call returns.
constexpr std::int32_t failed(error failure) {
  return -(static_cast<std::int32_t>(failure.code) +
           256 * static_cast<std::int32_t>(failure.reason));
}

inline constexpr std::int32_t bad_call = failed({error_code::validation_error});

// write_text copies text to where the host reads it; the caller made sure that it fits.
inline std::int32_t write_text(byte_span to, std::string_view text) {
  if (text.size() > to.size()) return bad_call;
  std::memcpy(to.data(), text.data(), text.size());
  return static_cast<std::int32_t>(text.size());
}

inline std::uint32_t read_u32(const std::uint8_t* at) {
  std::uint32_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// field_reader walks over fields of a four-byte length and as many bytes. A field that does not
// fit makes it broken, and it stays so.
class field_reader {
 public:
  explicit field_reader(byte_view fields) : rest_(fields) {}

  std::string_view next() {
    if (broken_ || rest_.size() < 4) return fail();
    const std::uint32_t size = read_u32(rest_.data());
    if (size > rest_.size() - 4) return fail();
    const std::string_view field = as_text(rest_.subspan(4, size));
    rest_ = rest_.subspan(4 + size);
    return field;
  }
  bool at_end() const { return rest_.empty(); }
  bool broken() const { return broken_; }

 private:
  std::string_view fail() {
    broken_ = true;
    return {};
  }

  byte_view rest_;
  bool broken_ = false;
};

}  // namespace tenon::wasm

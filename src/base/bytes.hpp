#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tenon {

// byte_view is a read-only window on somebody else's bytes; the owner must outlive it.
using byte_view = std::span<const std::uint8_t>;
using byte_span = std::span<std::uint8_t>;
using byte_string = std::vector<std::uint8_t>;

// as_bytes views the characters of text as bytes. The text must outlive the view.
inline byte_view as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// as_text views bytes as characters, whatever they hold. The bytes must outlive the view.
inline std::string_view as_text(byte_view bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tenon

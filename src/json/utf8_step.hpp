#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tenon {

// utf8_step returns the size, 1 to 4, of the well-formed UTF-8 sequence that text begins with
// (RFC 3629 section 4: shortest form, no surrogates, at most U+10FFFF), or 0 when there is none.
// It stands here because a layer 2 folder may not include encoding/.
inline std::size_t utf8_step(std::string_view text) noexcept {
  const auto at = [text](std::size_t i) -> std::uint8_t {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
  };
  const auto is_tail = [&at](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
  const std::uint8_t lead = at(0);
  if (lead < 0x80) return text.empty() ? 0 : 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return is_tail(1) ? 2 : 0;
  const std::uint8_t second_min = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t second_max = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (at(1) < second_min || at(1) > second_max || !is_tail(2)) return 0;
  if (lead < 0xf0) return 3;
  return is_tail(3) ? 4 : 0;
}

}  // namespace tenon

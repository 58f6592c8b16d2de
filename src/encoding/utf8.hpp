#pragma once

#include <string_view>

namespace tenon {

// is_utf8 says whether text is well-formed UTF-8 (RFC 3629): shortest forms only, no surrogates,
// nothing above U+10FFFF, no sequence cut short. Empty text is.
bool is_utf8(std::string_view text) noexcept;

}  // namespace tenon

#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "retry/destination.hpp"

namespace tenon {

// encode_destination writes the stored form of a state, version 1.
std::string encode_destination(const destination_state& state);
// decode_destination reads it; anything it does not understand is database_error/record_unreadable.
result<destination_state> decode_destination(std::string_view text);

}  // namespace tenon

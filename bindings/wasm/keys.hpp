#pragma once

#include <cstdint>

#include "crypto/hmac.hpp"

namespace tenon::wasm {

// key_in gives the key in a slot, or nullptr when the slot is empty or does not exist.
const hmac_key* key_in(std::int32_t slot);

}  // namespace tenon::wasm

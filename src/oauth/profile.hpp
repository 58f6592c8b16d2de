#pragma once

#include <string>

#include "base/http.hpp"
#include "base/result.hpp"
#include "catalog/provider.hpp"

namespace tenon {

// account_profile is who the account belongs to. id is never empty; a number keeps its digits.
struct account_profile {
  std::string id;
  std::string username;
  std::string display_name;
  std::string email;
};

// read_profile reads the answer of a profile call. Fails with network_error when no answer came,
// else with provider_error and profile_failed (status 401 or 5xx among them, carried in status),
// also when the account id is missing, empty, longer than 512 bytes or neither text nor integer.
// Other fields are left empty when they are missing, and cut at 512 bytes.
result<account_profile> read_profile(const profile_call& call, const http_reply& reply);

}  // namespace tenon

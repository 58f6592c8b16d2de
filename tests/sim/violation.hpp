#pragma once

#include <string>

namespace tenon::sim {

// violation is thrown where a rule is broken, and ends the world. Never thrown through the core.
struct violation {
  std::string rule;  // short and fixed, such as "one-refresh-in-flight"
  std::string what;
};

}  // namespace tenon::sim

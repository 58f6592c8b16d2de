#include "effects/effect.hpp"

#include <utility>

namespace tenon {

void commit_request::expect(const std::string& key, const std::string& version) {
  checks.push_back({key, version});
}

void commit_request::expect_absent(const std::string& key) {
  checks.push_back({key, std::nullopt});
}

void commit_request::expect_unchanged(const std::string& key, const std::string& version) {
  version.empty() ? expect_absent(key) : expect(key, version);
}

void commit_request::put(const std::string& key, std::string value,
                         std::optional<time_ms> expires_at) {
  writes.push_back({key, std::move(value), expires_at});
}

void commit_request::remove(const std::string& key) {
  writes.push_back({key, std::nullopt, std::nullopt});
}

}  // namespace tenon

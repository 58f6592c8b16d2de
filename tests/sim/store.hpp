#pragma once

#include <map>
#include <optional>
#include <string>

#include "effects/effect.hpp"

namespace tenon::sim {

struct stored_row {
  std::string value;
  std::uint64_t version = 0;
  std::optional<time_ms> expires_at;
};

// store keeps rows as DESIGN 2.3 asks: ordered, versioned, compare-and-swap, with expiry by its
// own clock, which is the true one. It never fails; the network in front of it does.
class store {
 public:
  get_reply get(const get_request& asked, time_ms now) const;
  list_reply list(const list_request& asked, time_ms now) const;
  commit_reply commit(const commit_request& asked, time_ms now);

  // value_of gives a live row's value, or nullptr.
  const std::string* value_of(const std::string& key, time_ms now) const;
  // overwrite changes a value behind the service's back; the row must be there.
  void overwrite(const std::string& key, std::string value);
  const std::map<std::string, stored_row>& rows() const { return rows_; }

 private:
  const stored_row* find(const std::string& key, time_ms now) const;
  bool holds(const version_check& check, time_ms now) const;

  std::map<std::string, stored_row> rows_;
  std::uint64_t versions_ = 0;
};

}  // namespace tenon::sim

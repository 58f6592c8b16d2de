#include "store.hpp"

#include <algorithm>

namespace tenon::sim {
namespace {

bool is_live(const stored_row& row, time_ms now) {
  return !row.expires_at || *row.expires_at > now;
}

}  // namespace

const stored_row* store::find(const std::string& key, time_ms now) const {
  const auto found = rows_.find(key);
  return found != rows_.end() && is_live(found->second, now) ? &found->second : nullptr;
}

const std::string* store::value_of(const std::string& key, time_ms now) const {
  const stored_row* row = find(key, now);
  return row == nullptr ? nullptr : &row->value;
}

void store::overwrite(const std::string& key, std::string value) {
  stored_row& row = rows_.at(key);
  row.value = std::move(value);
  row.version = ++versions_;
}

get_reply store::get(const get_request& asked, time_ms now) const {
  get_reply entries;
  for (const std::string& key : asked.keys) {
    const stored_row* row = find(key, now);
    entries.emplace_back();
    if (row != nullptr)
      entries.back() = stored_entry{key, row->value, std::to_string(row->version)};
  }
  return entries;
}

list_reply store::list(const list_request& asked, time_ms now) const {
  list_reply entries;
  auto row = rows_.lower_bound(asked.start ? std::max(asked.prefix, *asked.start) : asked.prefix);
  for (; row != rows_.end() && row->first.starts_with(asked.prefix); ++row) {
    if (asked.end && row->first >= *asked.end) break;
    if (!asked.reverse && entries.size() == asked.limit) break;
    if (!is_live(row->second, now)) continue;
    entries.push_back({row->first, row->second.value, std::to_string(row->second.version)});
  }
  if (asked.reverse) std::reverse(entries.begin(), entries.end());
  if (entries.size() > asked.limit) entries.resize(asked.limit);
  return entries;
}

bool store::holds(const version_check& check, time_ms now) const {
  const stored_row* row = find(check.key, now);
  if (row == nullptr || !check.version) return row == nullptr && !check.version;
  return std::to_string(row->version) == *check.version;
}

commit_reply store::commit(const commit_request& asked, time_ms now) {
  const bool all = std::all_of(asked.checks.begin(), asked.checks.end(),
                               [&](const version_check& check) { return holds(check, now); });
  if (!all) return {};
  ++versions_;
  for (const storage_write& write : asked.writes) {
    if (write.value) {
      rows_[write.key] = {*write.value, versions_, write.expires_at};
    } else {
      rows_.erase(write.key);
    }
  }
  return {true, std::to_string(versions_)};
}

}  // namespace tenon::sim

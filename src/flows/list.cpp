#include <algorithm>
#include <utility>

#include "encoding/base64.hpp"
#include "flows/input.hpp"
#include "flows/steps.hpp"
#include "vault/connection_record.hpp"
#include "vault/storage_keys.hpp"

namespace tenon {
namespace {

constexpr std::int64_t page_max = 200;
constexpr std::int64_t page_usual = 100;
constexpr std::uint32_t read_at_once = 200;
// More connections than this of one user are listed in pages, but not counted in the summary.
constexpr std::size_t connections_max = 5000;

struct list_request_input {
  std::string user;
  std::string provider;
  std::string status;
  std::size_t limit = page_usual;
  std::string after;  // the key of the last connection of the page before; "" for the first page
};

result<list_request_input> read_list(const json_value& input) {
  list_request_input asked;
  const auto user = read_user(input);
  if (!user.ok()) return user.error();
  asked.user = user.value();
  asked.provider = input.text("provider");
  asked.status = input.text("status");
  const std::int64_t limit = input.integer("limit", page_usual);
  const auto after = decode_base64url(input.text("cursor"));
  if (limit < 1 || limit > page_max || !after) {
    return {error_code::validation_error, error_reason::not_allowed};
  }
  asked.limit = static_cast<std::size_t>(limit);
  asked.after = as_text(*after);
  return asked;
}

struct provider_count {
  std::string provider;
  std::int64_t count = 0;
};

// listing gathers one page and the summary of everything in one pass over a user's records.
struct listing {
  std::vector<std::string> page;  // public JSON texts
  std::string last_key;
  bool more = false;
  std::int64_t connected = 0;
  std::int64_t expired = 0;
  std::int64_t error = 0;
  std::vector<provider_count> providers;
};

void count(listing& into, const connection_record& record, std::string_view status) {
  if (status == "connected") ++into.connected;
  if (status == "expired") ++into.expired;
  if (status == "error") ++into.error;
  const auto found =
      std::find_if(into.providers.begin(), into.providers.end(),
                   [&](const provider_count& each) { return each.provider == record.provider; });
  if (found == into.providers.end()) {
    into.providers.push_back({record.provider, 1});
  } else {
    ++found->count;
  }
}

bool is_wanted(const list_request_input& asked, const connection_record& record,
               std::string_view status) {
  if (!asked.provider.empty() && record.provider != asked.provider) return false;
  if (!asked.status.empty()) return status == asked.status;
  return record.status != connection_status::disconnected;
}

void take_row(listing& into, const list_request_input& asked, const stored_entry& row,
              time_ms now) {
  const auto record = decode_connection(row.value);
  if (!record.ok()) return;  // a newer version's record is not ours to judge
  const std::string_view status = shown_status(record.value(), now);
  if (status != "disconnected") count(into, record.value(), status);
  if (!is_wanted(asked, record.value(), status) || row.key <= asked.after) return;
  if (into.page.size() == asked.limit) {
    into.more = true;
    return;
  }
  into.page.push_back(public_connection(record.value(), now));
  into.last_key = row.key;
}

void write_summary(json_writer& json, const listing& all) {
  json.key("summary");
  json.begin_object();
  std::int64_t total = 0;
  for (const provider_count& each : all.providers) total += each.count;
  json.member("total", total);
  json.member("connected", all.connected);
  json.member("expired", all.expired);
  json.member("error", all.error);
  json.key("byProvider");
  json.begin_object();
  for (const provider_count& each : all.providers) json.member(each.provider, each.count);
  json.end_object();
  json.key("multiAccountProviders");
  json.begin_array();
  for (const provider_count& each : all.providers) {
    if (each.count > 1) json.string(each.provider);
  }
  json.end_array();
  json.end_object();
}

std::string write_listing(const listing& all) {
  json_writer json;
  json.begin_object();
  json.key("connections");
  json.begin_array();
  for (const std::string& connection : all.page) json.raw(connection);
  json.end_array();
  write_summary(json, all);
  json.key("nextCursor");
  all.more ? json.string(encode_base64url(as_bytes(all.last_key))) : json.null();
  json.end_object();
  return json.take();
}

}  // namespace

task<std::string> list_flow(flow_scope& scope, const json_value& input) {
  const list_request_input asked = co_await read_list(input);
  if (!asked.provider.empty()) co_await require_provider(scope, asked.provider);
  const std::string prefix = user_prefix(scope.call.organization, asked.user);

  listing all;
  std::optional<std::string> start;
  for (std::size_t seen = 0; seen < connections_max; seen += read_at_once) {
    const list_reply rows = co_await scope.host.list(
        {.prefix = prefix, .start = start, .end = std::nullopt, .limit = read_at_once});
    for (const stored_entry& row : rows) take_row(all, asked, row, scope.host.now());
    if (rows.size() < read_at_once) break;
    // The first key after the last one read.
    start = rows.back().key + '\0';
  }
  co_return write_listing(all);
}

}  // namespace tenon

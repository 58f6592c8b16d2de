#include "world.hpp"

#include <algorithm>
#include <utility>

#include "json/json.hpp"

namespace tenon::tests {
namespace {

constexpr std::string_view settings_json = R"({
  "keys": [{"id": 2, "secret": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"},
           {"id": 1, "secret": "HxAREhMUFRYXGBkaGxwdHh8AAQIDBAUGBwgJCgsMDQ4"}],
  "routeKey": "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8",
  "returnOrigins": ["https://app.example"],
  "stateTtlMs": 600000,
  "loopbackHttp": false,
  "providers": [{"clientId": "client", "clientSecret": "hush",
    "redirectUri": "https://tenon.example/v1/callback/acme",
    "entry": {
      "id": "acme", "display_name": "Acme", "category": ["dev"], "auth_kind": "oauth2",
      "oauth": {
        "issuer": "https://id.acme.example", "iss_parameter": "advertised",
        "authorization_url": "https://id.acme.example/authorize",
        "token_url": "https://id.acme.example/token", "refresh_url": null,
        "revocation": {"style": "rfc7009", "url": "https://id.acme.example/revoke"},
        "default_scopes": ["read", "write"], "scope_separator": "space", "scope_param": "scope",
        "extra_authorize_params": {},
        "pkce": {"status": "required"},
        "client_auth": {"methods": ["basic"], "preferred": "basic"},
        "access_token": {"expiry": "expires", "lifetime_s": 3600}},
      "profile": {"method": "GET", "url": "https://api.acme.example/me", "headers": {},
        "id_path": "sub", "username_path": "name", "display_name_path": "name",
        "email_path": "email"}}},
   {"clientId": "client", "clientSecret": "hush",
    "redirectUri": "https://tenon.example/v1/callback/other",
    "entry": {
      "id": "other", "display_name": "Other", "category": ["dev"], "auth_kind": "oauth2",
      "oauth": {
        "authorization_url": "https://other.example/authorize",
        "token_url": "https://other.example/token",
        "default_scopes": [], "scope_separator": "space", "scope_param": "scope",
        "pkce": {"status": "supported"},
        "client_auth": {"methods": ["post"], "preferred": "post"}},
      "profile": null}},
   {"entry": {"id": "keyed", "display_name": "Keyed", "category": ["dev"],
      "auth_kind": "api_key", "oauth": null,
      "api_key": {"header": "X-Api-Key", "scheme": null},
      "profile": {"method": "GET", "url": "https://api.keyed.example/me", "id_path": "sub",
        "display_name_path": "name"}}},
   {"entry": {"id": "plain", "display_name": "Plain", "category": ["dev"],
      "auth_kind": "basic", "oauth": null,
      "basic": {"username": "account", "password": "secret"},
      "profile": {"method": "GET", "url": "https://api.plain.example/me", "id_path": "sub"}}},
   {"entry": {"id": "silent", "display_name": "Silent", "category": ["dev"],
      "auth_kind": "api_key", "oauth": null, "api_key": {}, "profile": null}}]
})";

service_settings read_settings() {
  auto parsed = parse_settings(settings_json);
  if (const auto* wrong = std::get_if<settings_error>(&parsed)) {
    throw std::runtime_error("settings: " + wrong->field);
  }
  return std::move(std::get<service_settings>(parsed));
}

}  // namespace

world::world() : service_{read_settings(), {}} {
  forget();
  token = [this](const http_request&) {
    const std::string n = std::to_string(token_requests.size());
    return json_reply(200, R"({"access_token":"at-)" + n + R"(","refresh_token":"rt-)" + n +
                               R"(","token_type":"Bearer","expires_in":3600})");
  };
  profile = [](const http_request&) {
    return json_reply(200, R"({"sub":"acct-9","name":"Ada","email":"ada@acme.example"})");
  };
  revocation = [](const http_request&) { return json_reply(200, ""); };
}

void world::forget() {
  service_.memory = {};
  // Counting seals has tests of its own; elsewhere an instance has all it needs.
  service_.memory.seals = {2, 256, 1'000'000, now + 10'000 * day_ms};
}

effect_reply world::fetch(const fetch_request& asked) {
  const std::string& url = asked.request.url;
  if (url.ends_with("/token")) {
    token_requests.push_back(asked.request);
    return token(asked.request);
  }
  if (url.ends_with("/revoke")) {
    revocation_requests.push_back(asked.request);
    return revocation(asked.request);
  }
  return profile(asked.request);
}

bool world::live(const std::string& key) const {
  const auto found = rows.find(key);
  return found != rows.end() && (!found->second.expires_at || *found->second.expires_at > now);
}

effect_reply world::get(const get_request& asked) {
  get_reply entries;
  for (const std::string& key : asked.keys) {
    const auto found = rows.find(key);
    const bool there = live(key);
    // Across the wasm border an answer to a get names no key.
    entries.push_back(there ? std::optional<stored_entry>(stored_entry{
                                  "", found->second.value, std::to_string(found->second.version)})
                            : std::nullopt);
  }
  return entries;
}

effect_reply world::list(const list_request& asked) {
  list_reply entries;
  for (const auto& [key, row] : rows) {
    if (!key.starts_with(asked.prefix) || !live(key)) continue;
    if (asked.start && key < *asked.start) continue;
    if (asked.end && key >= *asked.end) continue;
    if (entries.size() == asked.limit) break;
    entries.push_back({key, row.value, std::to_string(row.version)});
  }
  return entries;
}

effect_reply world::commit(const commit_request& asked) {
  for (const version_check& check : asked.checks) {
    const auto found = rows.find(check.key);
    const std::optional<std::string> version =
        !live(check.key) ? std::nullopt
                         : std::optional<std::string>(std::to_string(found->second.version));
    if (version != check.version) return commit_reply{};
  }
  ++versions_;
  for (const storage_write& write : asked.writes) {
    if (write.value) {
      rows[write.key] = {*write.value, versions_, write.expires_at};
    } else {
      rows.erase(write.key);
    }
  }
  return commit_reply{true, std::to_string(versions_)};
}

effect_reply world::perform(const effect& asked) {
  const bool storage = std::holds_alternative<get_request>(asked) ||
                       std::holds_alternative<list_request>(asked) ||
                       std::holds_alternative<commit_request>(asked);
  if (storage && storage_fails) return host_failure{};
  if (commits_fail && std::holds_alternative<commit_request>(asked)) return host_failure{};
  if (const auto* random = std::get_if<random_request>(&asked)) {
    byte_string bytes(random->bytes);
    for (auto& byte : bytes) byte = ++random_;
    return bytes;
  }
  if (const auto* fetched = std::get_if<fetch_request>(&asked)) return fetch(*fetched);
  if (const auto* read = std::get_if<get_request>(&asked)) return get(*read);
  if (const auto* range = std::get_if<list_request>(&asked)) return list(*range);
  if (const auto* batch = std::get_if<commit_request>(&asked)) {
    effect_reply done = commit(*batch);
    if (replies_lost == 0) return done;
    --replies_lost;
    return host_failure{};
  }
  if (const auto* seal = std::get_if<seal_request>(&asked)) {
    // Not a cipher: text, aad and a stand-in for the tag, enough to notice a value that was moved
    // or is opened with another key.
    byte_string sealed = seal->plaintext;
    for (auto& byte : sealed) byte ^= 0x5a;
    sealed.insert(sealed.end(), seal->aad.begin(), seal->aad.end());
    sealed.resize(sealed.size() + 16, static_cast<std::uint8_t>(seal->key_id));
    return seal_reply{seal->key_id, byte_string(12, 7), sealed};
  }
  if (const auto* open = std::get_if<open_request>(&asked)) {
    const std::size_t tail = open->aad.size() + 16;
    if (open->ciphertext.size() < tail) return open_reply{};
    const std::size_t size = open->ciphertext.size() - tail;
    const byte_string aad(open->ciphertext.begin() + static_cast<std::ptrdiff_t>(size),
                          open->ciphertext.end() - 16);
    byte_string plain(open->ciphertext.begin(),
                      open->ciphertext.begin() + static_cast<std::ptrdiff_t>(size));
    for (auto& byte : plain) byte ^= 0x5a;
    const bool same = aad == open->aad && open->ciphertext.back() == open->key_id;
    return same ? open_reply{true, plain} : open_reply{};
  }
  now += std::get<sleep_request>(asked).duration;
  return sleep_reply{};
}

void world::take_notices(flow& from) {
  for (const notice& message : from.box().take_notices()) {
    if (const auto* emit = std::get_if<emit_notice>(&message)) events.push_back(emit->event_json);
    if (const auto* wake = std::get_if<wake_notice>(&message)) wakes.push_back(wake->at);
  }
}

run::run(world& in, flow_kind kind, const std::string& input)
    : world_(in), flow_(flow::start(in.service(), kind, input, in.now)) {
  look();
}

void run::look() {
  world_.take_notices(*flow_);
  posted_ = flow_->box().take_posted();
  if (posted_) transcript_.push_back(describe(posted_->request));
}

void run::step() {
  const std::uint32_t request_id = posted_->request_id;
  effect_reply reply = world_.perform(posted_->request);
  flow_->settle(request_id, std::move(reply), world_.now);
  look();
}

result<std::string> run::to_end() {
  while (posted_) step();
  return outcome();
}

result<std::string> call(world& in, flow_kind kind, const std::string& input) {
  return run(in, kind, input).to_end();
}

std::string describe(const effect& asked) {
  if (const auto* random = std::get_if<random_request>(&asked)) {
    return "random " + std::to_string(random->bytes);
  }
  if (const auto* fetched = std::get_if<fetch_request>(&asked)) {
    return "fetch " + fetched->request.method + " " + fetched->request.url;
  }
  if (const auto* read = std::get_if<get_request>(&asked)) {
    return "get " + read->keys.front().substr(0, read->keys.front().find('/'));
  }
  if (const auto* range = std::get_if<list_request>(&asked)) {
    return "list " + range->prefix.substr(0, range->prefix.find('/'));
  }
  if (const auto* batch = std::get_if<commit_request>(&asked)) {
    std::string line = "commit";
    for (const storage_write& write : batch->writes) {
      line += (write.value ? " " : " -") + write.key.substr(0, write.key.find('/'));
    }
    return line;
  }
  if (std::holds_alternative<seal_request>(asked)) return "seal";
  if (std::holds_alternative<open_request>(asked)) return "open";
  return "sleep " + std::to_string(std::get<sleep_request>(asked).duration);
}

std::string member(const std::string& json, std::string_view path) {
  const auto parsed = parse_json(json);
  if (!parsed.ok()) return "(not JSON)";
  const json_value* found = parsed.value().at_path(path);
  if (found == nullptr) return "(none)";
  if (found->string() != nullptr) return *found->string();
  json_writer copy;
  copy.value(*found);
  return copy.take();
}

http_reply json_reply(int status, std::string body) {
  http_reply reply;
  reply.status = static_cast<std::uint16_t>(status);
  reply.headers.push_back({"content-type", "application/json"});
  reply.body = std::move(body);
  return reply;
}

http_reply broken(network_kind kind, bool maybe_sent) {
  http_reply reply;
  reply.network = kind;
  reply.maybe_sent = maybe_sent;
  return reply;
}

started_flow start_connect(world& in, const std::string& user) {
  const auto answer = call(in, flow_kind::connect,
                           R"({"provider":"acme","redirectUrl":"/done","userId":")" + user + "\"}");
  if (!answer.ok()) throw std::runtime_error(std::string(name_of(answer.error().code)));
  return {member(answer.value(), "state"),
          member(answer.value(), "cookie.name") + "=" + member(answer.value(), "cookie.value")};
}

std::string callback_input(const started_flow& started, const std::string& extra_query) {
  json_writer json;
  json.begin_object();
  json.member("provider", "acme");
  json.member("query",
              "state=" + started.state + "&iss=https%3A%2F%2Fid.acme.example&" + extra_query);
  json.member("cookie", started.cookie_header);
  json.end_object();
  return json.take();
}

std::string connect_account(world& in, const std::string& user) {
  const auto answer = call(in, flow_kind::callback, callback_input(start_connect(in, user)));
  if (!answer.ok()) throw std::runtime_error(std::string(name_of(answer.error().reason)));
  return answer.value();
}

const std::string account = R"({"userId":"user-1","provider":"acme","accountId":"acct-9"})";
const std::string forced =
    R"({"userId":"user-1","provider":"acme","accountId":"acct-9","force":true})";
const std::string row = "connection/default/user-1/acme/acct-9";

void connect_expired(world& in) {
  connect_account(in);
  in.now += past_expiry_ms;
}

result<std::string> get_token(world& in) { return call(in, flow_kind::access_token, account); }
result<std::string> run_due(world& in) { return call(in, flow_kind::run_due, "{}"); }

std::string token_of(const result<std::string>& answer) {
  if (!answer.ok()) throw std::runtime_error(std::string(name_of(answer.error().code)));
  return member(answer.value(), "accessToken");
}

http_reply unavailable(const http_request&) { return json_reply(503, ""); }

http_reply invalid_grant(const http_request&) {
  return json_reply(400, R"({"error":"invalid_grant"})");
}

std::vector<std::string> rows_under(const world& in, std::string_view prefix) {
  std::vector<std::string> keys;
  for (const auto& [key, stored] : in.rows) {
    if (key.starts_with(prefix)) keys.push_back(key);
  }
  return keys;
}

std::vector<std::string> due_rows(const world& in) { return rows_under(in, "due/"); }

int count_events(const world& in, std::string_view type) {
  int count = 0;
  for (const std::string& event : in.events) count += member(event, "type") == type;
  return count;
}

int run_until(world& in, time_ms end) {
  int runs = 0;
  for (; runs < 2000; ++runs) {
    const auto keys = due_rows(in);
    const time_ms next = keys.empty() ? end : std::stoll(keys.front().substr(4, 16));
    if (next >= end) break;
    in.now = std::max(in.now, next);
    const auto ran = run_due(in);
    if (!ran.ok()) throw std::runtime_error(std::string(name_of(ran.error().code)));
  }
  in.now = std::max(in.now, end);
  return runs;
}

void to_request(run& flow) {
  while (!std::holds_alternative<fetch_request>(*flow.pending())) flow.step();
}

void to_answer(const world& in, run& flow) {
  const auto requests = in.token_requests.size();
  while (in.token_requests.size() == requests) flow.step();
}

}  // namespace tenon::tests

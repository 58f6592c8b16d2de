#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flows/flow.hpp"
#include "flows/settings.hpp"

// A world for flow tests: one store, one clock, one provider, on one thread. A flow is stepped
// effect by effect, so that a test can interleave, crash and replay flows at any point.

namespace tenon::tests {

// stored_row is a row of the memory store.
struct stored_row {
  std::string value;
  std::uint64_t version = 0;
  std::optional<time_ms> expires_at;
};

// world performs effects. Randomness is a counter, so transcripts repeat exactly.
class world {
 public:
  world();

  // The provider: what it answers at its token endpoint, profile and revocation. Each takes the
  // request body and gives an answer; tests replace them.
  using answer = std::function<http_reply(const http_request&)>;
  answer token;
  answer profile;
  answer revocation;
  std::vector<http_request> token_requests;
  std::vector<http_request> revocation_requests;

  time_ms now = 1'790'000'000'000;
  std::map<std::string, stored_row> rows;
  std::vector<std::string> events;  // JSON, one each
  std::vector<time_ms> wakes;
  bool storage_fails = false;
  bool commits_fail = false;
  int replies_lost = 0;  // so many commits are done, but the host hears nothing of it

  // service is the instance that flows run in; forget makes it a new one, as a restart does.
  tenon::service& service() { return service_; }
  void forget();
  // reconfigured is the settings for a deployment that changes while a flow is under way.
  service_settings& reconfigured() { return service_.settings; }

  // perform does one effect and gives its reply.
  effect_reply perform(const effect& asked);

  // take_notices collects what a flow emitted.
  void take_notices(flow& from);

 private:
  // live says whether a row is there and not past its time.
  bool live(const std::string& key) const;
  effect_reply fetch(const fetch_request& asked);
  effect_reply commit(const commit_request& asked);
  effect_reply list(const list_request& asked);
  effect_reply get(const get_request& asked);

  tenon::service service_;
  std::uint64_t versions_ = 0;
  std::uint8_t random_ = 0;
};

// run is one flow being stepped. It keeps a transcript: one line for each effect.
class run {
 public:
  run(world& in, flow_kind kind, const std::string& input);

  // pending says which effect the flow waits for; nullptr when it is finished.
  const effect* pending() const { return posted_ ? &posted_->request : nullptr; }
  // step performs the pending effect and hands its reply in.
  void step();
  // to_end steps until the flow is finished.
  result<std::string> to_end();
  result<std::string> outcome() { return flow_->take(); }
  const std::vector<std::string>& transcript() const { return transcript_; }

 private:
  void look();

  world& world_;
  std::unique_ptr<flow> flow_;
  std::optional<posted_effect> posted_;
  std::vector<std::string> transcript_;
};

// call runs a flow to its end.
result<std::string> call(world& in, flow_kind kind, const std::string& input);

// describe gives an effect as one line of a transcript.
std::string describe(const effect& asked);

// member reads a string member out of a JSON text; dotted paths work.
std::string member(const std::string& json, std::string_view path);

http_reply json_reply(int status, std::string body);
http_reply broken(network_kind kind, bool maybe_sent);

// start_connect and connect_account go through connect, and through connect and callback; the
// latter gives the callback's answer.
struct started_flow {
  std::string state;
  std::string cookie_header;
};
started_flow start_connect(world& in, const std::string& user = "user-1");
std::string callback_input(const started_flow& started, const std::string& extra_query = "code=c0");
std::string connect_account(world& in, const std::string& user = "user-1");

// What connect_account makes: the question for it, the same with force, and its row. Its tokens
// last an hour.
extern const std::string account;
extern const std::string forced;
extern const std::string row;
inline constexpr time_ms past_expiry_ms = 3'600'001;
// connect_expired goes on until the access token has ended.
void connect_expired(world& in);

result<std::string> get_token(world& in);
result<std::string> run_due(world& in);
// token_of takes the token out of an answer, which must be one.
std::string token_of(const result<std::string>& answer);

// Answers of a provider.
http_reply unavailable(const http_request&);
http_reply invalid_grant(const http_request&);

// rows_under gives the keys that begin so, in order; due_rows those of timed work.
std::vector<std::string> rows_under(const world& in, std::string_view prefix);
std::vector<std::string> due_rows(const world& in);
int count_events(const world& in, std::string_view type);

// run_until has the scheduler do its work whenever something is due, up to a time; gives how often
// it ran.
int run_until(world& in, time_ms end);

// to_request steps a flow until it waits for an exchange; to_answer until its next token request is
// answered.
void to_request(run& flow);
void to_answer(const world& in, run& flow);

}  // namespace tenon::tests

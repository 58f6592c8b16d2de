#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/result.hpp"
#include "call.hpp"
#include "effects/effect.hpp"
#include "provider.hpp"

namespace tenon::sim {

class world;

// row_view is what the rules read in a connection's row.
struct row_view {
  bool there = false;
  std::string id;
  std::string status;
  std::string reason;
  std::int64_t generation = 0;
  std::int64_t fence = 0;
  std::string lease_owner;  // "" when there is no lease
  time_ms lease_until = 0;
  std::string access;  // sealed
  std::string refresh;
  std::string spare;
};

// request_fact is what is known about one token request.
struct request_fact {
  std::size_t call = none;
  std::size_t link = none;
  std::size_t token = none;  // the refresh token it spends; none for a code
  std::string code;
  time_ms sent_at = 0;
  bool waits = true;            // its answer may yet come
  bool holder_died = false;     // its call never came to its end
  bool was_answered = false;    // its flow saw an HTTP answer
  bool left_nothing = false;    // its flow was told that nothing was sent
  bool was_echoed = false;      // it bore fruit when the network delivered it again
  bool was_passed = false;      // refused, and by then the record held a newer pair
  std::int64_t generation = 0;  // of the record when it left
  std::uint32_t life = 0;       // of its isolate
  time_ms done_at = 0;          // when its call came to its end
  std::size_t access = none;    // the pair that it was answered with
  std::size_t refresh = none;
};

// rules watches everything and throws a violation as soon as one is broken.
class rules {
 public:
  rules(world& in, std::size_t links) : in_(&in), links_(links) {}

  void on_read(call& by, const get_request& asked, const get_reply& found) const;
  void on_commit(call& by, const commit_request& batch);
  void on_event(const call& by, std::string_view event_json);
  // on_send gives the number of a token request.
  std::size_t on_send(const call& by, const http_request& asked);
  // on_spent is told what came of a request; is_first is false when the network delivers it again.
  void on_spent(std::size_t request, const spending& made, bool is_first);
  void on_answer(const call& by, std::size_t request, const http_reply& reply);
  void on_died(const call& over);
  void on_done(const call& over, const result<std::string>& outcome);
  // check_rest looks at everything that must be so when nothing is left to do.
  void check_rest();

  // sealed_texts gives what the link's row holds and held, for who wants to put it elsewhere.
  struct sealed_texts {
    std::string access;
    std::string refresh;
    std::string access_before;  // of an older generation
  };
  sealed_texts sealed_of(std::size_t link) const;

  // token_end gives when the link's stored access token ends in truth; 0 when there is none.
  time_ms token_end(std::size_t link) const;

 private:
  struct lease_fact {
    std::string owner;
    std::size_t call = none;
    time_ms true_deadline = 0;  // its end by the clock of whoever wrote it, in true time
    bool was_annulled = false;  // ended by a disconnect or a new authorization
  };
  // destination_facts is what the rules know of one organization's row about one host.
  struct destination_facts {
    std::string key;
    std::int64_t probe_deadline = 0;
    std::size_t prober = none;
  };
  struct link_facts {
    row_view row;
    std::vector<lease_fact> leases;  // all that it ever had
    time_ms disconnected_at = 0;
    time_ms spare_until = 0;          // when the row last held a pair that was kept aside
    std::size_t last_grant = none;    // whose tokens were in the row when it was disconnected
    std::vector<std::size_t> grants;  // whose tokens were in the row since the last disconnect
    std::vector<std::size_t> ended_grants;  // and before it
    std::string access_before;
    bool in_doubt = false;  // the stored refresh token may have been spent without our knowing
  };
  // authorization is what the rules know of one state.
  struct authorization {
    std::string key;
    std::string stage;
    std::string owner;
    std::size_t owner_call = none;
    time_ms taken_at = 0;
  };

  // rules_rows.cpp
  bool check_authorizations(const call& by, const commit_request& batch);
  void check_authorization(const call& by, authorization& known, std::string_view row);
  void check_row(const call& by, std::size_t link, const row_view& seen, bool finishes);
  void check_lease(const call& by, std::size_t link, const row_view& seen, bool finishes);
  void check_tokens(std::size_t link, const row_view& seen);
  void check_end(std::size_t link, const row_view& seen) const;
  void check_sealed(std::size_t link, std::string_view field, std::string_view sealed);
  void mark_stored(std::string_view value);
  void check_alarm(const call& by, const storage_write& write);
  // rules_requests.cpp
  void check_code(const request_fact& fact) const;
  void check_refresh(const call& by, const request_fact& fact);
  void check_reuse(const request_fact& again, std::size_t request, std::size_t spent_by);
  void check_held(const request_fact& first) const;
  void on_refusal(request_fact& fact);
  // rules_destinations.cpp
  void note_destination(call& by, const storage_write& write);
  void check_probe_right(const call& by, const request_fact& fact) const;
  // rules_answers.cpp
  void check_token(const call& over, const std::string& answer);
  void check_kept(const call& over);
  void check_reread(const call& over, const error& failure) const;
  void check_revoked(std::size_t link) const;
  void check_probe(const call& over, const result<std::string>& outcome);

  std::size_t token_of(std::string_view sealed) const;
  lease_fact& lease_of(std::size_t link, const std::string& owner);
  void forbid(const char* rule, std::string what) const;

  world* in_;
  std::vector<link_facts> links_;
  std::vector<request_fact> requests_;
  std::vector<authorization> authorizations_;
  std::vector<destination_facts> destinations_;
  std::vector<std::string> finished_;  // keys of revocations that were done or moved
  std::vector<bool> stored_;           // tokens that stood in a row once
  std::vector<bool> overtaken_;        // calls whose lease another one took over
};

row_view view_of(std::string_view json);

}  // namespace tenon::sim

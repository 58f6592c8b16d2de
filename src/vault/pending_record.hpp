#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace tenon {

// pending_stage is how far an authorization has come:
//
//   open ──take──> taken ──tokens stored──> exchanged ──connection stored──> done
//                    └── refused, or the holder died with the code in flight ──> failed
//
// Each arrow is one compare-and-swap, so one caller wins it. A code is sent from `taken` only, by
// the caller that took it; `exchanged` can be finished by anyone after the deadline, because the
// tokens are safe by then. `done` and `failed` keep the outcome until the record expires, so that
// a callback that the same browser sends twice gets the same answer.
enum class pending_stage : std::uint8_t { open, taken, exchanged, done, failed };

struct pending_record {
  std::string organization;
  std::string user;
  std::string provider;
  std::string issuer;          // as it was at the start (R8)
  std::string token_endpoint;  // likewise
  std::string redirect_uri;    // likewise
  std::string binding;         // SHA-256 of the browser's secret in base64url, or "none"
  std::string session;         // the session that began it, or ""
  std::string return_to;
  std::vector<std::string> scopes;
  std::string metadata_json = "{}";
  std::string verifier;  // sealed; removed when the record is taken (R21)
  time_ms issued_at = 0;
  time_ms expires_at = 0;
  pending_stage stage = pending_stage::open;
  std::string owner;              // taken, exchanged: who works on it; "" while nobody does
  time_ms deadline = 0;           // taken, exchanged: until when the owner is believed alive
  std::string tokens;             // exchanged: sealed token set
  time_ms tokens_at = 0;          // exchanged: when the token request was made
  std::int64_t attempts = 0;      // exchanged: how often the account could not be asked for
  std::optional<time_ms> due_at;  // exchanged: where its due row stands
  std::string connection_id;      // done
  std::string connection_key;     // done
  std::string failure;            // failed: code from the fixed set that the browser is shown
};

std::string encode_pending(const pending_record& record);
// decode_pending fails with database_error/record_unreadable.
result<pending_record> decode_pending(std::string_view text);

}  // namespace tenon

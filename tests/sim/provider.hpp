#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/http.hpp"
#include "base/time.hpp"
#include "dice.hpp"

namespace tenon::sim {

// secret_mark stands in every text that only the owner of an account may see, so that one search
// finds any of them where it must not be.
inline constexpr std::string_view secret_mark = "zQ7xK0";

// link is one account of one user at one provider: what becomes a connection.
struct link {
  std::string organization;
  std::string user;
  std::string provider;
  std::size_t provider_at = 0;
  std::string account;
  std::string key;  // of the connection's row
  bool is_revocable = true;
};

enum class rotation : std::uint8_t {
  strict,   // each refresh token works once; one used twice is taken for stolen
  grace,    // the one before works too, until its successor is used
  lasting,  // there is a new one each time, and the ones before go on working
  plain,    // the first one works for ever
};

// temper is how one provider behaves in one world.
struct temper {
  rotation kind = rotation::strict;
  bool revokes_family = true;         // strict only: a token used twice ends the whole grant
  bool tells_lifetime = true;         // expires_in is in its answers
  std::int64_t lifetime_s = 3600;     // of access tokens, told or not
  bool revocation_ends_grant = true;  // else revoking a token ends that token only
};

inline constexpr std::size_t none = static_cast<std::size_t>(-1);

struct issued_token {
  std::size_t grant = 0;
  bool is_refresh = false;
  bool revoked = false;
  time_ms issued_at = 0;
  time_ms ends_at = 0;             // access tokens
  std::size_t consumed_by = none;  // refresh tokens: the request that spent it
};

enum class grant_end : std::uint8_t { living, by_user, by_reuse, by_revocation, by_code_reuse };

struct grant {
  std::size_t link = 0;
  grant_end end = grant_end::living;
  std::size_t current = none;   // the refresh token
  std::size_t previous = none;  // grace only: the one that still works
};

// spending is what came of one refresh or code request, besides the answer.
struct spending {
  http_reply reply;
  std::size_t access = none;   // the new pair
  std::size_t refresh = none;  // none where the old refresh token stays
  bool is_reuse = false;       // a consumed token was sent
  std::size_t consumed_by = none;
};

// providers is the truth about every account, grant and token.
class providers {
 public:
  providers(dice& chance, const std::vector<link>& links) : chance_(&chance), links_(&links) {}

  std::vector<temper> tempers;  // one for each provider

  // authorize is the user's consent: it gives the code for this authorization URL.
  std::string authorize(std::string_view url, std::size_t link, time_ms now);
  // spend answers a token request; request is its number among all.
  spending spend(std::size_t provider_at, const http_request& asked, std::size_t request,
                 time_ms now);
  http_reply profile(const http_request& asked, time_ms now) const;
  http_reply revoke(const http_request& asked);
  // withdraw is the user's revocation on the provider's own pages.
  void withdraw(std::size_t link);
  // lengthen lets all tokens issued from now on live this long, and say so.
  void lengthen(std::int64_t lifetime_s);

  // token_in finds the token that a text holds, none when there is none.
  std::size_t token_in(std::string_view text) const;
  const issued_token& token(std::size_t at) const { return tokens_[at]; }
  const grant& grant_of(std::size_t token_at) const { return grants_[tokens_[token_at].grant]; }
  std::size_t token_count() const { return tokens_.size(); }
  // honours says whether a refresh token would be taken now, or an access token let in.
  bool honours(std::size_t token_at, time_ms now) const;
  // has_verifier_mark says whether every verifier seen carried the mark; see random_bytes in world.
  bool saw_unmarked_verifier() const { return saw_unmarked_verifier_; }

 private:
  struct code {
    std::size_t link = 0;
    std::string challenge;
    std::string redirect_uri;
    time_ms ends_at = 0;
    std::size_t grant = none;  // when it was spent
  };

  std::size_t issue(std::size_t grant_at, bool is_refresh, time_ms now);
  std::string text_of(std::size_t token_at) const;
  spending spend_code(const http_request& asked, time_ms now);
  spending spend_refresh(const http_request& asked, std::size_t request, time_ms now);
  spending refuse_spent(std::size_t token_at);
  spending answer_pair(std::size_t grant_at, bool with_refresh, time_ms now);

  dice* chance_;
  const std::vector<link>* links_;
  std::vector<code> codes_;
  std::vector<grant> grants_;
  std::vector<issued_token> tokens_;
  std::vector<std::uint32_t> salts_;
  bool saw_unmarked_verifier_ = false;
};

http_reply json_reply(int status, std::string body);

// parameter gives a form or query parameter that needs no decoding, or "".
std::string_view parameter(std::string_view form, std::string_view name);

}  // namespace tenon::sim

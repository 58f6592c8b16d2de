#include "provider.hpp"

#include "crypto/sha256.hpp"
#include "encoding/base64.hpp"
#include "encoding/decimal.hpp"
#include "encoding/hex.hpp"

namespace tenon::sim {
namespace {

constexpr duration_ms code_life_ms = 10 * minute_ms;

http_reply refused(std::string_view error) {
  return json_reply(400, "{\"error\":\"" + std::string(error) + "\"}");
}

// number_after reads the decimal number behind the mark and a letter.
std::size_t number_after(std::string_view text, char letter) {
  const std::size_t at = text.find(secret_mark);
  if (at == std::string_view::npos || at + secret_mark.size() >= text.size()) return none;
  text.remove_prefix(at + secret_mark.size());
  if (text.front() != letter) return none;
  text.remove_prefix(1);
  const auto number = decode_decimal(text.substr(0, text.find_first_not_of("0123456789")));
  return number ? static_cast<std::size_t>(*number) : none;
}

}  // namespace

http_reply json_reply(int status, std::string body) {
  http_reply reply;
  reply.status = static_cast<std::uint16_t>(status);
  reply.headers.push_back({"content-type", "application/json"});
  reply.body = std::move(body);
  return reply;
}

std::string_view parameter(std::string_view form, std::string_view name) {
  std::size_t at = form.find('?');
  at = at == std::string_view::npos ? 0 : at + 1;
  while (at < form.size()) {
    const std::size_t end = std::min(form.find('&', at), form.size());
    const std::string_view pair = form.substr(at, end - at);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    at = end + 1;
  }
  return {};
}

std::string providers::authorize(std::string_view url, std::size_t link, time_ms now) {
  codes_.push_back({link, std::string(parameter(url, "code_challenge")),
                    std::string(parameter(url, "redirect_uri")), now + code_life_ms, none});
  return std::string(secret_mark) + "c" + std::to_string(codes_.size() - 1);
}

std::size_t providers::issue(std::size_t grant_at, bool is_refresh, time_ms now) {
  const temper& manner = tempers[(*links_)[grants_[grant_at].link].provider_at];
  tokens_.push_back({grant_at, is_refresh, false, now, now + manner.lifetime_s * second_ms, none});
  salts_.push_back(static_cast<std::uint32_t>(chance_->next()));
  return tokens_.size() - 1;
}

std::string providers::text_of(std::size_t token_at) const {
  return std::string(secret_mark) + (tokens_[token_at].is_refresh ? 'r' : 'a') +
         std::to_string(token_at) + '.' + std::to_string(salts_[token_at]);
}

std::size_t providers::token_in(std::string_view text) const {
  for (const char letter : {'a', 'r'}) {
    const std::size_t at = number_after(text, letter);
    if (at < tokens_.size() && text.find(text_of(at)) != std::string_view::npos) return at;
  }
  return none;
}

bool providers::honours(std::size_t token_at, time_ms now) const {
  const issued_token& token = tokens_[token_at];
  const grant& of = grants_[token.grant];
  if (of.end != grant_end::living || token.revoked) return false;
  if (!token.is_refresh) return now < token.ends_at;
  const bool all_last = tempers[(*links_)[of.link].provider_at].kind == rotation::lasting;
  return all_last || token_at == of.current || token_at == of.previous;
}

spending providers::answer_pair(std::size_t grant_at, bool with_refresh, time_ms now) {
  const temper& manner = tempers[(*links_)[grants_[grant_at].link].provider_at];
  spending made;
  made.access = issue(grant_at, false, now);
  std::string body = "{\"access_token\":\"" + text_of(made.access) + "\",\"token_type\":\"Bearer\"";
  if (with_refresh) {
    made.refresh = issue(grant_at, true, now);
    body += ",\"refresh_token\":\"" + text_of(made.refresh) + "\"";
  }
  if (manner.tells_lifetime) body += ",\"expires_in\":" + std::to_string(manner.lifetime_s);
  made.reply = json_reply(200, body + "}");
  return made;
}

spending providers::spend_code(const http_request& asked, time_ms now) {
  spending made;
  made.reply = refused("invalid_grant");
  const std::size_t at = number_after(parameter(asked.body, "code"), 'c');
  if (at >= codes_.size()) return made;
  code& spent = codes_[at];
  const std::string_view verifier = parameter(asked.body, "code_verifier");
  if (verifier.find(secret_mark) == std::string_view::npos) saw_unmarked_verifier_ = true;
  const bool proven = encode_base64url(sha256::of(as_bytes(verifier))) == spent.challenge;
  if (spent.grant != none) {
    grants_[spent.grant].end = grant_end::by_code_reuse;  // RFC 6749 section 4.1.2
    return made;
  }
  if (!proven || parameter(asked.body, "redirect_uri") != spent.redirect_uri ||
      now >= spent.ends_at) {
    return made;
  }
  spent.grant = grants_.size();
  grants_.push_back({spent.link, grant_end::living, none, none});
  made = answer_pair(spent.grant, true, now);
  grants_[spent.grant].current = made.refresh;
  return made;
}

spending providers::refuse_spent(std::size_t token_at) {
  spending made;
  made.reply = refused("invalid_grant");
  const issued_token& token = tokens_[token_at];
  grant& of = grants_[token.grant];
  const temper& manner = tempers[(*links_)[of.link].provider_at];
  made.is_reuse = token.consumed_by != none && manner.kind == rotation::strict &&
                  manner.revokes_family && of.end == grant_end::living;
  made.consumed_by = token.consumed_by;
  if (made.is_reuse) of.end = grant_end::by_reuse;
  return made;
}

spending providers::spend_refresh(const http_request& asked, std::size_t request, time_ms now) {
  const std::size_t at = token_in(parameter(asked.body, "refresh_token"));
  if (at == none || !tokens_[at].is_refresh) {
    spending made;
    made.reply = refused("invalid_grant");
    return made;
  }
  if (!honours(at, now)) return refuse_spent(at);
  const std::size_t grant_at = tokens_[at].grant;
  const rotation kind = tempers[(*links_)[grants_[grant_at].link].provider_at].kind;
  spending made = answer_pair(grant_at, kind != rotation::plain, now);
  tokens_[at].consumed_by = request;
  if (kind == rotation::grace) grants_[grant_at].previous = at;
  if (kind != rotation::plain) grants_[grant_at].current = made.refresh;
  return made;
}

spending providers::spend(std::size_t provider_at, const http_request& asked, std::size_t request,
                          time_ms now) {
  (void)provider_at;
  return parameter(asked.body, "grant_type") == "refresh_token" ? spend_refresh(asked, request, now)
                                                                : spend_code(asked, now);
}

http_reply providers::profile(const http_request& asked, time_ms now) const {
  for (const http_header& header : asked.headers) {
    if (header.name != "Authorization") continue;
    const std::size_t at = token_in(header.value);
    if (at == none || tokens_[at].is_refresh || !honours(at, now)) break;
    const link& of = (*links_)[grants_[tokens_[at].grant].link];
    return json_reply(200, "{\"sub\":\"" + of.account + "\",\"name\":\"Ada\"}");
  }
  return json_reply(401, "{}");
}

http_reply providers::revoke(const http_request& asked) {
  const std::size_t at = token_in(parameter(asked.body, "token"));
  if (at == none) return json_reply(200, "");  // RFC 7009 section 2.2
  grant& of = grants_[tokens_[at].grant];
  const temper& manner = tempers[(*links_)[of.link].provider_at];
  tokens_[at].revoked = true;
  if (at == of.current) of.previous = none;
  const bool ends_grant = manner.revocation_ends_grant && tokens_[at].is_refresh;
  if (ends_grant && of.end == grant_end::living) of.end = grant_end::by_revocation;
  return json_reply(200, "");
}

void providers::withdraw(std::size_t link) {
  for (grant& each : grants_) {
    if (each.link == link && each.end == grant_end::living) each.end = grant_end::by_user;
  }
}

void providers::lengthen(std::int64_t lifetime_s) {
  for (temper& each : tempers) {
    each.lifetime_s = lifetime_s;
    each.tells_lifetime = true;
  }
}

}  // namespace tenon::sim

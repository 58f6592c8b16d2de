#include "retry/classify.hpp"

namespace tenon {
namespace {

bool is_network_retryable(const exchange_outcome& outcome, bool idempotent) noexcept {
  switch (outcome.network) {
    case network_kind::dns:
    case network_kind::refused:
      return true;  // nothing was sent
    case network_kind::timeout:
    case network_kind::reset:
    case network_kind::tls:
    case network_kind::unknown:
      return idempotent || !outcome.maybe_sent;
    case network_kind::none:
    case network_kind::blocked:
    case network_kind::too_large:
      return false;
  }
  return false;
}

}  // namespace

exchange_outcome outcome_of(const http_reply& reply) noexcept {
  return {reply.network, reply.maybe_sent, reply.status};
}

bool is_retryable(const exchange_outcome& outcome, bool idempotent) noexcept {
  if (outcome.network != network_kind::none) return is_network_retryable(outcome, idempotent);
  switch (outcome.status) {
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
      return true;
    case 500:
      return idempotent;
    default:
      return false;
  }
}

bool is_retryable(const http_reply& reply, bool idempotent) noexcept {
  return is_retryable(outcome_of(reply), idempotent);
}

}  // namespace tenon

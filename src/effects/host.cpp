#include "effects/host.hpp"

namespace tenon {

template <typename Request>
void effect_call<Request>::post(promise_base& waiting) {
  box_->post(effect(std::move(request_)), waiting, reply_);
}

template <typename Request>
auto effect_call<Request>::await_resume() -> reply_type {
  auto* reply = reply_.has_value() ? std::get_if<reply_type>(&*reply_) : nullptr;
  if (reply == nullptr) __builtin_trap();
  return std::move(*reply);
}

template class effect_call<random_request>;
template class effect_call<fetch_request>;
template class effect_call<get_request>;
template class effect_call<list_request>;
template class effect_call<commit_request>;
template class effect_call<seal_request>;
template class effect_call<open_request>;
template class effect_call<sleep_request>;

}  // namespace tenon

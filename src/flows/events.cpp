#include "flows/events.hpp"

#include "json/json.hpp"

namespace tenon {
namespace {

void optional_member(json_writer& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json.member(name, text);
}

}  // namespace

void emit_event(flow_scope& scope, std::string_view type, const event_subject& subject,
                error failure) {
  json_writer json;
  json.begin_object();
  json.member("type", type);
  json.member("time", scope.host.now());
  json.member("organizationId", scope.call.organization);
  optional_member(json, "userId", subject.user);
  optional_member(json, "provider", subject.provider);
  optional_member(json, "connectionId", subject.connection_id);
  optional_member(json, "correlationId", scope.call.correlation_id);
  optional_member(json, "ip", scope.call.ip);
  optional_member(json, "userAgent", scope.call.user_agent);
  optional_member(json, "details", subject.details);
  optional_member(json, "code", name_of(failure.code));
  optional_member(json, "reason", name_of(failure.reason));
  if (failure.status != 0) json.member("status", std::int64_t{failure.status});
  json.end_object();
  scope.host.emit(json.take());
}

}  // namespace tenon

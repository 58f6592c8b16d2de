#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/scope.hpp"
#include "json/json.hpp"

// The flows, one function each. Input and result are the JSON shapes of docs/abi.md. The input
// belongs to the flow and outlives its tasks.

namespace tenon {

task<std::string> connect_flow(flow_scope& scope, const json_value& input);
task<std::string> callback_flow(flow_scope& scope, const json_value& input);
task<std::string> access_token_flow(flow_scope& scope, const json_value& input);
task<std::string> list_flow(flow_scope& scope, const json_value& input);
task<std::string> disconnect_flow(flow_scope& scope, const json_value& input);
task<std::string> refresh_flow(flow_scope& scope, const json_value& input);
task<std::string> read_flow(flow_scope& scope, const json_value& input);
task<std::string> run_due_flow(flow_scope& scope, const json_value& input);
task<std::string> rotate_keys_flow(flow_scope& scope, const json_value& input);
task<std::string> connect_api_key_flow(flow_scope& scope, const json_value& input);
task<std::string> check_health_flow(flow_scope& scope, const json_value& input);
task<std::string> list_audit_flow(flow_scope& scope, const json_value& input);

}  // namespace tenon

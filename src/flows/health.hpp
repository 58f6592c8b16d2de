#pragma once

#include <string>

#include "coro/task.hpp"
#include "flows/account_check.hpp"
#include "flows/connection.hpp"

namespace tenon {

// health_report is what a check found. finding has no code when the connection works, and reason is
// "" then; checks is the connection's history as a JSON list. One that is switched off is not
// checked.
struct health_report {
  located_connection connection;
  error finding;
  std::string reason;
  health_action action = health_action::none;
  std::string checks = "[]";
};

// check_connection uses a connection as its owner would: gets a token that is valid now and asks
// the provider whose it is. A token that is refused is replaced once and tried again (R32). What
// is found goes into the connection's health and history in one commit; integration.health_changed
// is told when it differs from the check before. A provider without a profile call is judged by
// how its tokens fare. Failures: account_not_found, database_error, conflict; everything else is a
// finding.
task<health_report> check_connection(flow_scope& scope, located_connection connection);

}  // namespace tenon

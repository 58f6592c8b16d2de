#pragma once

#include <optional>
#include <string>

#include "coro/task.hpp"
#include "flows/events.hpp"
#include "flows/scope.hpp"
#include "json/json.hpp"
#include "vault/connection_record.hpp"

namespace tenon {

// located_connection is a connection as it was read, with the version that a change must check.
struct located_connection {
  std::string key;
  std::string version;
  connection_record record;
};

// find_connection finds what the caller names: by connectionId, or by userId, provider and
// accountId (the user's only account when left out), or by provider and accountId alone when one
// user holds it. Failures: integration_not_found for an id, account_not_found otherwise (also for
// a disconnected one), conflict when several match, validation_error when too little is named.
task<located_connection> find_connection(flow_scope& scope, const json_value& input);

// load_through reads a pointer row and the record it names; account_not_found when there is none.
task<located_connection> load_through(flow_scope& scope, std::string pointer);

// holds_any says whether a user has a connection with a provider that is not disconnected.
task<bool> holds_any(flow_scope& scope, std::string user, std::string provider);

// reload reads the same connection again, with the tokens that this instance holds for it while
// storage does not take them; account_not_found when it is gone. reload_stored reads it as it is
// stored.
task<located_connection> reload(flow_scope& scope, std::string key);
task<located_connection> reload_stored(flow_scope& scope, std::string key);

// save_connection_record writes the record if nobody changed it since; gives whether this caller
// won, and then carries the new version. The connection's due row moves with it, and what there is
// to tell about the change goes into the audit log. What else the batch holds is written with it.
task<bool> save_connection_record(flow_scope& scope, located_connection& connection, news what = {},
                                  commit_request batch = {});

// put_connection adds the record and the move of its due row to a batch, and has the host call
// runDue when it is due: not before no_care_before.
void put_connection(flow_scope& scope, commit_request& batch, located_connection& connection,
                    time_ms no_care_before = 0);

// connection_answer is the result of a flow that gives one connection, as callers see it.
std::string connection_answer(const flow_scope& scope, const connection_record& record);

// ended is the failure of a connection whose grant has ended, with the reason in its record.
error ended(const connection_record& record);

// subject_of names a connection in events.
event_subject subject_of(const connection_record& record);

}  // namespace tenon

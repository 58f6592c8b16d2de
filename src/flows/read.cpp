#include <utility>

#include "flows/connection.hpp"
#include "flows/steps.hpp"

namespace tenon {

task<std::string> read_flow(flow_scope& scope, const json_value& input) {
  const located_connection connection = co_await find_connection(scope, input);
  json_writer json;
  json.begin_object();
  json.key("connection");
  json.raw(public_connection(connection.record, scope.host.now()));
  json.end_object();
  co_return json.take();
}

}  // namespace tenon

#include "flows/connection.hpp"
#include "flows/steps.hpp"

namespace tenon {

task<std::string> read_flow(flow_scope& scope, const json_value& input) {
  const located_connection connection = co_await find_connection(scope, input);
  co_return connection_answer(scope, connection.record);
}

}  // namespace tenon

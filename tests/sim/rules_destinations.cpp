// The rules about the state that all callers of one host share.
#include <algorithm>

#include "glance.hpp"
#include "retry/destination.hpp"
#include "rules.hpp"
#include "violation.hpp"
#include "world.hpp"

namespace tenon::sim {
namespace {

constexpr std::string_view prefix = "destination/";

bool is_open(std::string_view row) {
  return row.find(R"("phase":"open")") != std::string_view::npos;
}

}  // namespace

void rules::on_read(call& by, const get_request& asked, const get_reply& found) const {
  if (by.link != none && found.front() && asked.keys.front() == in_->plan.links[by.link].key) {
    by.read_access = token_of(view_of(found.front()->value).access);
  }
  if (by.is_spending || !asked.keys.front().starts_with(prefix)) return;
  by.saw_open = found.front() && is_open(found.front()->value);
}

void rules::note_destination(call& by, const storage_write& write) {
  if (!write.value || !write.key.starts_with(prefix)) return;
  auto known = std::find_if(destinations_.begin(), destinations_.end(),
                            [&](const destination_facts& each) { return each.key == write.key; });
  if (known == destinations_.end()) {
    known = destinations_.insert(known, destination_facts{write.key, 0, none});
  }
  std::int64_t deadline = 0;
  each_member(*write.value, [&](std::string_view name, std::string_view raw) {
    if (name == "probeDeadline") deadline = number_in(raw);
  });
  if (deadline != 0 && deadline != known->probe_deadline) {
    known->prober = by.serial;
    by.probes_from = in_->now();
  }
  known->probe_deadline = deadline;
}

// check_probe_right [R96]: whoever found a circuit open sends nothing, save the one that wrote
// itself in as its probe.
void rules::check_probe_right(const call& by, const request_fact&) const {
  if (!by.saw_open || in_->clocks_jumped()) return;
  if (!by.probes_from) forbid("single-probe", "a request went to an open circuit, and is no probe");
}

}  // namespace tenon::sim

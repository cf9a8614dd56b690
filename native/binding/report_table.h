// The reports of a batch as a table of numbers, one row a motion: the one place that names its columns for
// JavaScript, which knows them by the same names (src/correct/report.ts).
#pragma once
#include <iterator>

#include "include/tracker.h"

namespace selfcorrect::binding {

struct ReportColumn {
  const char* name;
  double (*read)(const Report&);
};

inline constexpr ReportColumn kReportColumns[] = {
    {"status", [](const Report& r) { return static_cast<double>(r.status); }},
    {"reason", [](const Report& r) { return static_cast<double>(r.reason); }},
    {"rung", [](const Report& r) { return static_cast<double>(r.rung); }},
    {"sampled", [](const Report& r) { return static_cast<double>(r.sampled); }},
    {"residualForceMean", [](const Report& r) { return r.residual_mean; }},
    {"residualForceMax", [](const Report& r) { return r.residual_max; }},
    {"residualTorqueMean", [](const Report& r) { return r.torque_mean; }},
    {"residualTorqueMax", [](const Report& r) { return r.torque_max; }},
    {"support", [](const Report& r) { return r.support; }},
    {"saturation", [](const Report& r) { return r.saturation; }},
    {"effort", [](const Report& r) { return r.effort; }},
    {"error", [](const Report& r) { return r.error; }},
    {"errorRoot", [](const Report& r) { return r.error_root; }},
    {"before.penetrate", [](const Report& r) { return r.before.joints.penetrate; }},
    {"before.float", [](const Report& r) { return r.before.joints.floating; }},
    {"before.skate", [](const Report& r) { return r.before.joints.skate; }},
    {"before.jerk", [](const Report& r) { return r.before.jerk; }},
    {"before.rootSpeed", [](const Report& r) { return r.before.root_speed; }},
    {"before.body.penetrate", [](const Report& r) { return r.before.body.penetrate; }},
    {"before.body.float", [](const Report& r) { return r.before.body.floating; }},
    {"before.body.skate", [](const Report& r) { return r.before.body.skate; }},
    {"after.penetrate", [](const Report& r) { return r.after.joints.penetrate; }},
    {"after.float", [](const Report& r) { return r.after.joints.floating; }},
    {"after.skate", [](const Report& r) { return r.after.joints.skate; }},
    {"after.jerk", [](const Report& r) { return r.after.jerk; }},
    {"after.rootSpeed", [](const Report& r) { return r.after.root_speed; }},
    {"after.body.penetrate", [](const Report& r) { return r.after.body.penetrate; }},
    {"after.body.float", [](const Report& r) { return r.after.body.floating; }},
    {"after.body.skate", [](const Report& r) { return r.after.body.skate; }},
};

}  // namespace selfcorrect::binding

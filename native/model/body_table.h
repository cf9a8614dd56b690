// The bodies of an average adult of 70 kg: masses, inertias, gains, torque limits.
#pragma once
#include "reference/reference.h"

namespace selfcorrect {

constexpr int kBodies = kJoints;

// One row of the table, for the nominal skeleton. `inertia` is about the centre of mass, along the body's own
// axes.
struct BodyRow {
  const char* name;
  float offset[3];   // joint from the parent's joint, m
  float mass;        // kg
  float com[3];      // centre of mass from the own joint, m
  float inertia[3];  // kg m^2
  float kp, kd;      // N m / rad, N m s / rad
  float torque;      // limit, N m
};

}  // namespace selfcorrect

namespace selfcorrect {
inline namespace SC_ISA {

constexpr double kTableGain = 2.6, kTableDamping = 2.26;  // on the whole table

// A row; arms and legs are mirrored by hand so that the table reads like the body.
constexpr BodyRow body_row(const char* name, float x, float y, float z, float mass, float cx, float cy,
                           float cz, float ix, float iy, float iz, double kp, double kd, float torque) {
  return {
      name,  {x, y, z}, mass, {cx, cy, cz}, {ix, iy, iz}, float(kp * kTableGain), float(kd * kTableDamping),
      torque};
}

// Gains: UHC's (Luo et al. 2021) with kp x 2.6, kd x 2.26; soft ankles, because stiff ones turn every error
// of the foot's slope into a tilting foot; stiffer toes; softer arms.
//
// Torque limits, the last column, N m: what a strong adult gives in the joint's best direction, one value for
// all directions. Hip, knee and ankle: isometric maxima of young men are near 200, 200 and 120 (Anderson,
// Madigan and Nussbaum, J Biomech 2007); muscles that are stretched give up to 1.5 times that, and net
// moments of running reach 200 at the ankle (Winter, Biomechanics and Motor Control of Human Movement). Toes:
// sprinting (Stefanyshyn and Nigg, J Biomech 1997). Neck: extension 51 +- 11 (Ann Biomed Eng 2014, doi
// 10.1007/s10439-014-1046-0). Shoulder, elbow and wrist: near 100, 80 and 20 (Garner and Pandy, Ann Biomed
// Eng 2003). Spine and collars, which carry trunk and arms: as UHC.
SC_TABLE BodyRow kBodyTable[kBodies] = {
    body_row("pelvis", 0, 0, 0, 7.8f, 0, -.03f, 0, .066f, .066f, .032f, 0, 0, 0),
    body_row("left_hip", .063f, -.085f, -.0145f, 9.9f, 0, -.207f, 0, .149f, .022f, .149f, 500, 50, 300),
    body_row("right_hip", -.063f, -.085f, -.0145f, 9.9f, 0, -.207f, 0, .149f, .022f, .149f, 500, 50, 300),
    body_row("spine1", 0, .131f, -.014f, 5.6f, 0, .072f, 0, .018f, .037f, .037f, 1000, 100, 300),
    body_row("left_knee", 0, -.392f, 0, 3.03f, 0, -.2145f, 0, .050f, .004f, .050f, 500, 50, 300),
    body_row("right_knee", 0, -.392f, 0, 3.03f, 0, -.2145f, 0, .050f, .004f, .050f, 500, 50, 300),
    body_row("spine2", 0, .143f, 0, 5.6f, 0, .02f, 0, .020f, .040f, .040f, 1000, 100, 300),
    body_row("left_ankle", 0, -.429f, 0, .76f, 0, -.035f, .042f, .003f, .003f, .001f, 80, 8, 200),
    body_row("right_ankle", 0, -.429f, 0, .76f, 0, -.035f, .042f, .003f, .003f, .001f, 80, 8, 200),
    body_row("spine3", 0, .057f, 0, 8.8f, 0, .1f, -.01f, .040f, .079f, .079f, 1000, 100, 300),
    body_row("left_foot", 0, -.045f, .139f, .2f, 0, -.0075f, .04f, .0002f, .0002f, .0002f, 100, 10, 60),
    body_row("right_foot", 0, -.045f, .139f, .2f, 0, -.0075f, .04f, .0002f, .0002f, .0002f, 100, 10, 60),
    body_row("neck", 0, .218f, -.024f, .9f, 0, .037f, .025f, .002f, .002f, .002f, 100, 10, 60),
    body_row("left_collar", .075f, .116f, -.024f, 1.3f, .06f, .02f, -.006f, .003f, .003f, .003f, 400, 40,
             200),
    body_row("right_collar", -.075f, .116f, -.024f, 1.3f, -.06f, .02f, -.006f, .003f, .003f, .003f, 400, 40,
             200),
    body_row("head", 0, .086f, .057f, 4.0f, 0, .08f, .01f, .018f, .018f, .018f, 100, 10, 60),
    body_row("left_shoulder", .12f, .041f, -.012f, 1.9f, 0, -.132f, 0, .012f, .002f, .012f, 240, 24, 150),
    body_row("right_shoulder", -.12f, .041f, -.012f, 1.9f, 0, -.132f, 0, .012f, .002f, .012f, 240, 24, 150),
    body_row("left_elbow", 0, -.26f, 0, 1.13f, 0, -.137f, 0, .008f, .001f, .008f, 180, 18, 100),
    body_row("right_elbow", 0, -.26f, 0, 1.13f, 0, -.137f, 0, .008f, .001f, .008f, 180, 18, 100),
    body_row("left_wrist", 0, -.268f, 0, .43f, 0, -.085f, 0, .001f, .001f, .001f, 30, 3, 20),
    body_row("right_wrist", 0, -.268f, 0, .43f, 0, -.085f, 0, .001f, .001f, .001f, 30, 3, 20),
};

}  // namespace SC_ISA
}  // namespace selfcorrect

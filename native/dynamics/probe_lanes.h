// Plain numbers into lanes and back, for the probes.
#pragma once
#include "dynamics/body.h"

namespace selfcorrect {
inline namespace SC_ISA {

template <class F>
const double* put(Vec3<F>& v, int lane, const double* from) {
  set_lane(v.x, lane, Scalar<F>(from[0]));
  set_lane(v.y, lane, Scalar<F>(from[1]));
  set_lane(v.z, lane, Scalar<F>(from[2]));
  return from + 3;
}
template <class F>
double* get(const Vec3<F>& v, int lane, double* to) {
  to[0] = get_lane(v.x, lane);
  to[1] = get_lane(v.y, lane);
  to[2] = get_lane(v.z, lane);
  return to + 3;
}

template <class F>
void put_state(State<F>& state, int lane, const double* s) {
  s = put(state.position, lane, s);
  for (Quat<F>& q : state.rotation) {
    set_lane(q.w, lane, Scalar<F>(*s++));
    set_lane(q.x, lane, Scalar<F>(*s++));
    set_lane(q.y, lane, Scalar<F>(*s++));
    set_lane(q.z, lane, Scalar<F>(*s++));
  }
  s = put(state.velocity, lane, s);
  for (Vec3<F>& w : state.spin) s = put(w, lane, s);
}
template <class F>
double* get_state(const State<F>& state, int lane, double* to) {
  to = get(state.position, lane, to);
  for (const Quat<F>& q : state.rotation) {
    *to++ = get_lane(q.w, lane);
    *to++ = get_lane(q.x, lane);
    *to++ = get_lane(q.y, lane);
    *to++ = get_lane(q.z, lane);
  }
  to = get(state.velocity, lane, to);
  for (const Vec3<F>& w : state.spin) to = get(w, lane, to);
  return to;
}

}  // namespace SC_ISA
}  // namespace selfcorrect

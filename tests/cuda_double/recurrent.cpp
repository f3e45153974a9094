// The cells of recurrent layers: on a CUDA device PyTorch calls them as one operation each, for
// which its CPU kernels have no like.

#include "double.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/cat.h>
#include <torch/library.h>

#include <tuple>

namespace cuda_double {
namespace {

using at::Tensor;
using std::optional;

Tensor biased(const Tensor& gates, const optional<Tensor>& bias) {
  return bias && bias->defined() ? gates + *bias : gates;
}

Tensor through_sigmoid(const Tensor& gradient, const Tensor& output) {
  return gradient * output * (1 - output);
}

Tensor through_tanh(const Tensor& gradient, const Tensor& output) {
  return gradient * (1 - output * output);
}

Tensor bias_gradient(const Tensor& gates, bool has_bias) {
  return has_bias ? gates.sum(0) : Tensor();
}

// Hochreiter & Schmidhuber 1997, with a forget gate. The workspace: the four gates.
std::tuple<Tensor, Tensor, Tensor> lstm(
    const Tensor& input, const Tensor& hidden, const Tensor& cell,
    const optional<Tensor>& input_bias, const optional<Tensor>& hidden_bias) {
  const auto gates = (biased(input, input_bias) + biased(hidden, hidden_bias)).chunk(4, 1);
  const auto in = gates[0].sigmoid(), forget = gates[1].sigmoid();
  const auto made = gates[2].tanh(), out = gates[3].sigmoid();
  const auto next = forget * cell + in * made;
  return {out * next.tanh(), next, at::cat({in, forget, made, out}, 1)};
}

std::tuple<Tensor, Tensor, Tensor> lstm_backward(
    const optional<Tensor>& of_output, const optional<Tensor>& of_cell, const Tensor& cell,
    const Tensor& next, const Tensor& workspace, bool has_bias) {
  const auto gates = workspace.chunk(4, 1);
  const auto &in = gates[0], &forget = gates[1], &made = gates[2], &out = gates[3];
  const auto seen = next.tanh();
  auto along = of_cell && of_cell->defined() ? *of_cell : at::Tensor(next * 0);
  auto given = of_output && of_output->defined() ? *of_output : at::Tensor(next * 0);
  along = along + through_tanh(given * out, seen);
  const auto gradient = at::cat(
      {through_sigmoid(along * made, in), through_sigmoid(along * cell, forget),
       through_tanh(along * in, made), through_sigmoid(given * seen, out)},
      1);
  return {gradient, along * forget, bias_gradient(gradient, has_bias)};
}

// Cho et al. 2014, as PyTorch has it. The workspace: both gates, the new state, the old one, and
// what the reset gate is multiplied by.
std::tuple<Tensor, Tensor> gru(
    const Tensor& input, const Tensor& hidden, const Tensor& state,
    const optional<Tensor>& input_bias, const optional<Tensor>& hidden_bias) {
  const auto from_input = biased(input, input_bias).chunk(3, 1);
  const auto from_hidden = biased(hidden, hidden_bias).chunk(3, 1);
  const auto reset = (from_input[0] + from_hidden[0]).sigmoid();
  const auto keep = (from_input[1] + from_hidden[1]).sigmoid();
  const auto made = (from_input[2] + reset * from_hidden[2]).tanh();
  const auto workspace = at::cat({reset, keep, made, state, from_hidden[2]}, 1);
  return {made + keep * (state - made), workspace};
}

std::tuple<Tensor, Tensor, Tensor, Tensor, Tensor> gru_backward(
    const Tensor& given, const Tensor& workspace, bool has_bias) {
  const auto parts = workspace.chunk(5, 1);
  const auto &reset = parts[0], &keep = parts[1], &made = parts[2], &state = parts[3];
  const auto of_made = through_tanh(given * (1 - keep), made);
  const auto of_keep = through_sigmoid(given * (state - made), keep);
  const auto of_reset = through_sigmoid(of_made * parts[4], reset);
  const auto input = at::cat({of_reset, of_keep, of_made}, 1);
  const auto hidden = at::cat({of_reset, of_keep, of_made * reset}, 1);
  return {
      input, hidden, given * keep, bias_gradient(input, has_bias),
      bias_gradient(hidden, has_bias)};
}

}  // namespace

TORCH_LIBRARY_IMPL(aten, CUDA, m) {
  m.impl("_thnn_fused_lstm_cell", &lstm);
  m.impl("_thnn_fused_lstm_cell_backward_impl", &lstm_backward);
  m.impl("_thnn_fused_gru_cell", &gru);
  m.impl("_thnn_fused_gru_cell_backward", &gru_backward);
}

}  // namespace cuda_double

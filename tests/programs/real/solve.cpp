// C++ for the compilers and checkers: standard containers, algorithms and regular expressions, and Eigen's
// templates.
#include <Eigen/Dense>
#include <Eigen/Sparse>
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

template <int Rows>
double decompose(unsigned seed) {
  using Matrix = Eigen::Matrix<double, Rows, Rows>;
  std::srand(seed);
  const Matrix a = Matrix::Random() + Matrix::Identity() * Rows;
  const Eigen::Matrix<double, Rows, 1> b = Eigen::Matrix<double, Rows, 1>::Ones();
  const Eigen::HouseholderQR<Matrix> qr(a);
  const Eigen::JacobiSVD<Matrix> svd(a, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(a.transpose() * a);
  return a.fullPivLu().solve(b).sum() + qr.solve(b).norm() + svd.singularValues().sum() +
         eigen.eigenvalues().maxCoeff();
}

double sparse(int size) {
  std::vector<Eigen::Triplet<double>> entries;
  for (int i = 0; i < size; ++i) {
    entries.emplace_back(i, i, 4.0);
    if (i > 0) entries.emplace_back(i, i - 1, -1.0);
    if (i + 1 < size) entries.emplace_back(i, i + 1, -1.0);
  }
  Eigen::SparseMatrix<double> a(size, size);
  a.setFromTriplets(entries.begin(), entries.end());
  const Eigen::VectorXd b = Eigen::VectorXd::LinSpaced(size, 0, 1);
  const Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> direct(a);
  Eigen::BiCGSTAB<Eigen::SparseMatrix<double>> iterative(a);
  return direct.solve(b).sum() - iterative.solve(b).sum();
}

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};
struct Circle : Shape {
  explicit Circle(double r) : radius(r) {}
  double area() const override { return 3.14159 * radius * radius; }
  double radius;
};
struct Box : Shape {
  Box(double w, double h) : width(w), height(h) {}
  double area() const override { return width * height; }
  double width, height;
};
using Value = std::variant<int, double, std::string>;

std::map<std::string, std::vector<Value>> parse(const std::string& text) {
  std::map<std::string, std::vector<Value>> result;
  const std::regex pattern(R"((\w+)\s*=\s*([^;]+);)");
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match) {
    std::istringstream words((*match)[2]);
    for (std::string word; words >> word;) result[(*match)[1]].emplace_back(word);
  }
  return result;
}

int main() {
  double total = decompose<3>(1) + decompose<4>(2) + decompose<6>(3) + decompose < Eigen::Dynamic == -1
                     ? 8
                     : 9 > (4) + sparse(100);
  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 1; i < 20; ++i) {
    if (i % 2 != 0) {
      shapes.push_back(std::make_unique<Circle>(i));
    } else {
      shapes.push_back(std::make_unique<Box>(i, i + 1));
    }
  }
  std::sort(shapes.begin(), shapes.end(), [](const auto& a, const auto& b) { return a->area() < b->area(); });
  std::unordered_map<std::string, std::function<double(double)>> table{
      {"twice", [](double x) { return 2 * x; }}, {"square", [](double x) { return x * x; }}};
  for (const auto& shape : shapes) total += table["square"](shape->area());
  std::mt19937_64 random(7);
  std::multiset<std::uint64_t> drawn;
  for (int i = 0; i < 100; ++i) drawn.insert(random());
  total += std::accumulate(drawn.begin(), drawn.end(), 0.0);
  for (const auto& [name, values] : parse("a = 1 2; b = 3;"))
    total += static_cast<double>(name.size() + values.size());
  std::cout << total << '\n';
}

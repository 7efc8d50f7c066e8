// A sea with a coast of all scales and islands, as points on curves: finer near the shore, in one and in two dimensions.
General.NumThreads = 1;
n = 3000;
For i In {0:n - 1}
  angle = 2 * Pi * i / n;
  r = 10 + 1.3 * Sin(3 * angle) + 0.6 * Sin(11 * angle + 1) + 0.25 * Sin(37 * angle + 2) + 0.08 * Sin(131 * angle) + 0.02 * Sin(611 * angle);
  Point(i + 1) = {r * Cos(angle), r * Sin(angle), 0};
EndFor
For k In {0:29}
  Spline(k + 1) = {k * n / 30 + 1 : (k + 1) * n / 30, (k + 1) * n / 30 % n + 1};
EndFor
Curve Loop(1) = {1:30};
loops() = {1};
For j In {0:11}
  x = (2 + 0.35 * j) * Cos(2.4 * j);
  y = (2 + 0.35 * j) * Sin(2.4 * j);
  first = 10000 + 200 * j;
  For i In {0:119}
    angle = 2 * Pi * i / 120;
    r = 0.35 + 0.1 * Sin(3 * angle + j) + 0.04 * Sin(13 * angle) + 0.012 * Sin(41 * angle);
    Point(first + i) = {x + r * Cos(angle), y + r * Sin(angle), 0};
  EndFor
  Spline(100 + 2 * j) = {first : first + 60};
  Spline(101 + 2 * j) = {first + 60 : first + 119, first};
  Curve Loop(100 + j) = {100 + 2 * j, 101 + 2 * j};
  loops() += 100 + j;
EndFor
Plane Surface(1) = {loops()};
Field[1] = Distance;
Field[1].CurvesList = {1:30, 100:123};
Field[1].NumPointsPerCurve = 400;
Field[2] = Threshold;
Field[2].InField = 1;
Field[2].SizeMin = 0.008;
Field[2].SizeMax = 0.4;
Field[2].DistMin = 0.01;
Field[2].DistMax = 3;
Background Field = 2;
Mesh.MeshSizeExtendFromBoundary = 0;
Mesh.MeshSizeFromPoints = 0;
Mesh 2;

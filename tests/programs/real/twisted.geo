// Twisted faces, half of them with a regular grid and the others without, smoothed.
General.NumThreads = 1;
Mesh.Smoothing = 20;
Mesh.Algorithm = 5;
size = 0.008;
For k In {0:5}
  first = 100 * k;
  For i In {0:3}
    Point(first + i + 1) = {k * 1.5 + (i == 1 || i == 2), (i > 1), 0.4 * Sin(i * 1.7 + k), size};
    Point(first + i + 11) = {k * 1.5 + 0.5 + 0.1 * Sin(i * 2.1), 0.5 + 0.1 * i, 0.3 * Cos(i * 1.3 + k), size};
  EndFor
  Spline(first + 1) = {first + 1, first + 11, first + 2};
  Spline(first + 2) = {first + 2, first + 12, first + 3};
  Spline(first + 3) = {first + 3, first + 13, first + 4};
  Spline(first + 4) = {first + 4, first + 14, first + 1};
  Curve Loop(first + 1) = {first + 1 : first + 4};
  Surface(first + 1) = {first + 1};
  If (k % 2 == 0)
    Transfinite Curve{first + 1 : first + 4} = 120;
    Transfinite Surface{first + 1};
  EndIf
EndFor
Mesh 2;

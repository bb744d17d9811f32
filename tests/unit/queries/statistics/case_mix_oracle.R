# Makes case_mix_oracle.json: Rscript case_mix_oracle.R > case_mix_oracle.json. Base R only, invented cases.
set.seed(20260301)
n <- 260
age <- round(rnorm(n, 76, 9)); asa <- sample(1:4, n, TRUE, c(.1,.4,.4,.1)); levels <- sample(1:3, n, TRUE, c(.65,.25,.1))
tumour <- rbinom(n, 1, .2); before <- round(pmin(10, pmax(4, rnorm(n, 7.4, 1.4))))
eta <- 1.1 - .04*(age-76) - .5*(asa-2.3) - .4*(levels-1.4) - .6*tumour + .1*(before-7)
y <- rbinom(n, 1, plogis(eta))
x <- cbind(age=age, asa=asa, levels=levels, tumour=tumour, before=before)
m <- glm(y ~ x, family=binomial, control=glm.control(epsilon=1e-15, maxit=100))
num <- function(v) paste0("[", paste(formatC(v, digits=15, format="g"), collapse=", "), "]")
rows <- apply(x, 1, function(r) paste0("[", paste(r, collapse=","), "]"))
# ridge by direct maximisation of the penalised likelihood in standardised columns (population SD)
mu <- colMeans(x); s <- apply(x, 2, function(v) sqrt(mean((v-mean(v))^2)))
z <- sweep(sweep(x, 2, mu), 2, s, "/")
pen <- function(lambda) {
  f <- function(b) { e <- b[1] + z %*% b[-1]; -sum(y*e - log1p(exp(e))) + lambda/2*sum(b[-1]^2) }
  g <- function(b) { e <- b[1] + z %*% b[-1]; r <- y - plogis(e); -c(sum(r), t(z) %*% r) + c(0, lambda*b[-1]) }
  b <- rep(0, 6)
  for (k in 1:20) { b <- optim(b, f, g, method="BFGS", control=list(reltol=1e-16, maxit=10000))$par }
  b }
# exact interval of O/E: uniroot on the Poisson-binomial by convolution
pb <- function(p) { d <- 1; for (q in p) d <- c(d*(1-q), 0) + c(0, d*q); d }
shift <- function(p, t) plogis(qlogis(p) + t)
oe <- function(o, p, a=.025) {
  up <- function(t) sum(pb(shift(p,t))[(o+1):(length(p)+1)]) - a   # P(X >= o)
  lo <- function(t) sum(pb(shift(p,t))[1:(o+1)]) - a               # P(X <= o)
  l <- if (o == 0) 0 else sum(shift(p, uniroot(up, c(-15, 15), tol=1e-13)$root))/sum(p)
  u <- if (o == length(p)) length(p)/sum(p) else sum(shift(p, uniroot(lo, c(-15, 15), tol=1e-13)$root))/sum(p)
  c(o/sum(p), l, u) }
fit <- fitted(m)
cases <- list(list(o=sum(y[1:40]), p=fit[1:40]), list(o=0, p=rep(.02, 60)), list(o=9, p=rep(.02, 300)), list(o=45, p=seq(.6,.98,length.out=50)), list(o=12, p=rep(.75,12)))
cal <- glm(y ~ qlogis(fit), family=binomial, control=glm.control(epsilon=1e-15))
fn <- function(o,p){ paste0('{"observed": ', o, ', "risks": ', num(p), ', "ratio_lower_upper": ', num(oe(o,p)), '}') }
cat('{"oracle": "', R.version.string, ': glm at penalty 0; optim (BFGS) on the penalised likelihood; uniroot on Poisson-binomial chances",\n',
 '"columns": ["age", "asa", "levels", "tumour", "before"],\n"y": ', num(y), ',\n"x": [', paste(rows, collapse=","), '],\n',
 '"glm_intercept_and_slopes": ', num(coef(m)), ',\n"glm_standard_errors": ', num(sqrt(diag(vcov(m)))), ',\n"glm_deviance": ', num(deviance(m)), ',\n"glm_fitted": ', num(fit), ',\n',
 '"means": ', num(mu), ',\n"deviations": ', num(s), ',\n',
 '"ridge": {"1": ', num(pen(1)), ', "25": ', num(pen(25)), '},\n',
 '"poisson_exact": ', num(c(poisson.test(9)$conf.int)), ',\n"clopper_pearson_9_of_12": ', num(c(binom.test(9,12)$conf.int)), ',\n',
 '"ratios": [', paste(sapply(cases, function(k) fn(k$o, k$p)), collapse=",\n"), ']}\n', sep='')

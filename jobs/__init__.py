"""The code that runs inside SageMaker jobs: it travels alone, on the stock XGBoost image.

Image ``sagemaker-xgboost:3.0-5`` runs Python 3.10 with numpy 2.1.0, pandas 2.2.3, pyarrow 22.0.0,
xgboost 3.0.5, scikit-learn 1.5.2 and scipy 1.15.0; everything here stays within that. Source:
``docker/3.0-5/{base,final}/Dockerfile.cpu`` and ``requirements.txt`` on branch ``release-3.0.5`` of
aws/sagemaker-xgboost-container, and its successor ``docker/xgboost/3.0-5/{Dockerfile,
requirements.txt}`` in aws/deep-learning-containers, which build the wheel from that branch. (Branch
``master`` of the former pins newer packages for Python 3.12: that is the 3.2-0 image.)
"""
